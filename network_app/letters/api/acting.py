"""What is done with a letter: signed, released, taken back, and what came back to it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from network_app.core.errors import NotFound
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.letters.api.shown import api, known_letter, open_gate
from network_app.letters.rules.replies import ContactKind
from network_app.letters.use_cases.contacts import record_contact
from network_app.letters.use_cases.releasing import recall_letter, release_letter
from network_app.letters.use_cases.replies import class_reply, confirm_mailbox_checked
from network_app.letters.use_cases.sending import record_sent_by_hand, resolve_uncertain
from network_app.letters.use_cases.signing import close_signing, sign_letter, withdraw_signature
from network_app.pages.payload import Day, Input, Line, LongLine, ShortText
from network_app.pages.request import actor, db

Worth = Literal["substantive", "partial", "tangential", "denies_link", "refers_to_audit", "refers_to_supplier"]


class Read(Input):
    """The `seen` of the letter that was read."""

    seen: str = Field(pattern=r"^[0-9a-f]{64}$")


class Reason(Input):
    """Why it is taken back."""

    reason: LongLine


class Doubt(Input):
    """What became of a letter of which nobody knew whether it arrived."""

    arrived: bool
    how_known: str = Field(max_length=1_000)


class Proof(Input):
    """How it was carried there, and what proves that."""

    proof: LongLine


class Judgement(Input):
    """What an answer is worth."""

    klass: Worth
    note: ShortText = ""


class NewContact(Input):
    """A call, a meeting or a mail to one of us; with `klass`, it is their answer."""

    kind: ContactKind
    happened_on: Day
    with_whom: Line = ""
    summary: str = Field(max_length=10_000)
    klass: Worth | None = None


@api.post(
    "/letters/<ref>/sign",
    scope=Scope.WRITE_LETTERS,
    may=Permission.SIGN_LETTER,
    changes="show",
    web="letters.sign",
)
def sign(ref: str) -> None:
    """Put my organisation's name under the letter."""
    sign_letter(db(), actor(), ref=known_letter(ref).ref)


@api.post(
    "/letters/<ref>/withdraw",
    scope=Scope.WRITE_LETTERS,
    may=Permission.SIGN_LETTER,
    changes="show",
    web="letters.withdraw",
)
def withdraw(ref: str) -> None:
    """Take my organisation's name back."""
    withdraw_signature(db(), actor(), ref=known_letter(ref).ref)


@api.post(
    "/letters/<ref>/close-signing",
    scope=Scope.WRITE_LETTERS,
    may=Permission.DRAFT_LETTER,
    changes="show",
    web="letters.end_signing",
)
def end_signing(ref: str) -> None:
    """End the time for signing now."""
    close_signing(db(), actor(), ref=known_letter(ref).ref)


@api.post(
    "/letters/<ref>/release",
    scope=Scope.RELEASE_LETTERS,
    may=Permission.RELEASE_LETTER,
    takes=Read,
    changes="show",
    web="letters.release",
)
def release(ref: str, given: Read) -> None:
    """Release the letter that I read, as one of two people."""
    release_letter(db(), actor(), ref=known_letter(ref).ref, seen=given.seen, open_gate=open_gate())


@api.post(
    "/letters/<ref>/recall",
    scope=Scope.RELEASE_LETTERS,
    may=Permission.RELEASE_LETTER,
    takes=Reason,
    changes="show",
    web="letters.recall",
)
def recall(ref: str, given: Reason) -> None:
    """Take a letter back before it leaves."""
    recall_letter(db(), actor(), ref=known_letter(ref).ref, reason=given.reason)


@api.post(
    "/letters/<ref>/resolve",
    scope=Scope.RELEASE_LETTERS,
    may=Permission.RELEASE_LETTER,
    takes=Doubt,
    changes="show",
    web="letters.resolve",
)
def resolve(ref: str, given: Doubt) -> None:
    """Say whether a letter in doubt arrived."""
    letter = known_letter(ref)
    resolve_uncertain(db(), actor(), ref=letter.ref, arrived=given.arrived, how_known=given.how_known)


@api.post(
    "/letters/<ref>/by-hand",
    scope=Scope.RELEASE_LETTERS,
    may=Permission.RELEASE_LETTER,
    takes=Proof,
    changes="show",
    web="letters.by_hand",
)
def by_hand(ref: str, given: Proof) -> None:
    """Record that a person carried the letter to its target."""
    record_sent_by_hand(db(), actor(), ref=known_letter(ref).ref, proof=given.proof)


@api.post(
    "/letters/<ref>/replies/<uuid:reply_id>",
    scope=Scope.WRITE_LETTERS,
    may=Permission.RECORD_RESPONSE,
    takes=Judgement,
    changes="show",
    web="letters.judge",
)
def judge(ref: str, reply_id: UUID, given: Judgement) -> None:
    """Say what an answer is worth."""
    if reply_id not in {reply.id for reply in known_letter(ref).replies}:
        raise NotFound()
    class_reply(db(), actor(), reply_id=reply_id, klass=given.klass, note=given.note)


@api.post(
    "/letters/<ref>/mailbox",
    scope=Scope.WRITE_LETTERS,
    may=Permission.RECORD_RESPONSE,
    changes="show",
    web="letters.mailbox",
)
def mailbox(ref: str) -> None:
    """Confirm that I looked into the mailbox and it holds no answer."""
    confirm_mailbox_checked(db(), actor(), ref=known_letter(ref).ref)


@api.post(
    "/letters/<ref>/contacts",
    scope=Scope.WRITE_LETTERS,
    may=Permission.RECORD_RESPONSE,
    takes=NewContact,
    changes="show",
    web="letters.contact",
)
def contact(ref: str, given: NewContact) -> None:
    """Log a call or a meeting about this letter."""
    record_contact(db(), actor(), letter_ref=known_letter(ref).ref, **given.model_dump())
