"""Reading letters, and checking whether a paper is one of ours."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any, Literal

from pydantic import Field

from network_app.core.errors import NotFound
from network_app.core.paging import page_of
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.letters import queries
from network_app.letters.api.shown import (
    Condition,
    ContactShown,
    Letter,
    LetterShort,
    ReleaseShown,
    ReplyShown,
    Signer,
    api,
    known_letter,
    open_gate,
)
from network_app.letters.rules.states import LetterState
from network_app.pages.payload import AskedPage, Output, Page, page_of_slice
from network_app.pages.request import actor, db


class LettersAsked(AskedPage):
    """What to look for: a reference or a part of a target's name."""

    text: str = Field("", max_length=100)
    state: LetterState | None = None


class LetterFile(Output):
    """The very bytes that are sent, in base64."""

    type: str
    name: str
    data: str


class Sample(Output):
    """A text to start from."""

    slug: str
    language: str
    subject: str
    body: str


class Templates(Output):
    """The templates of letters in every language they have."""

    items: list[Sample]


class Verdict(Output):
    """Whether a file is a letter of this network."""

    sha256: str
    ours: bool
    withdrawn: bool
    dated_on: dt.date | None
    target: str | None


@api.get(
    "/letters",
    gives=Page[LetterShort],
    asks=LettersAsked,
    scope=Scope.READ_LETTERS,
    may=Permission.SEE_NETWORK,
    web="letters.all_letters",
)
def search(asked: LettersAsked) -> Page[LetterShort]:
    """List the letters, newest first."""
    hidden = queries.hidden_appeals(db(), open_gate())
    chosen = queries.chosen_letters(hidden, actor().organisation_id, asked.text, asked.state)
    found = page_of(db(), chosen, *queries.LETTERS_IN_ORDER, after=asked.after or None, size=50, strict=True)
    return page_of_slice(found, lambda letter: LetterShort(**short(letter)))


def short(letter: Any) -> dict[str, Any]:
    """The fields of a letter in a list."""
    named = ("ref", "step", "state", "language", "danger", "sign_until", "sent_at", "deadline_at", "outcome")
    return {name: getattr(letter, name) for name in named} | {
        "recipient": letter.recipient.name,
        "signatures": len(letter.valid_signatures),
    }


@api.get("/letters/<ref>", gives=Letter, scope=Scope.READ_LETTERS, may=Permission.SEE_NETWORK, web="letters.show")
def show(ref: str) -> Letter:
    """Read a letter as its reader gets it, and what still keeps it from leaving."""
    letter = known_letter(ref)
    view = queries.letter_page(db(), actor(), letter, open_gate())
    rate = queries.answer_rate(db(), target_id=letter.recipient_id)
    same = (
        *("subject", "body", "may_tell_factory", "answer_by", "pdf_sha256", "text_sha256", "html_sha256"),
        *("sent_by_hand", "mailbox_checked_at", "recall_reason"),
    )
    return Letter(
        **short(letter),
        **{name: getattr(letter, name) for name in same},
        about=letter.target.name,
        author_organisation=letter.author_organisation.name if letter.author_organisation else None,
        paper=view.paper.as_text(),
        seen=view.approval,
        signers=Signer.all_of(each.organisation for each in letter.valid_signatures),
        stand_aside=len(letter.stand_aside),
        conditions=[
            Condition(name=str(each.name), holds=each.holds, why=str(each.why))
            for each in [*view.conditions, *view.gates]
        ],
        releases=[_release(each) for each in view.releases],
        why_not_release=str(view.why_not_release) if view.why_not_release else None,
        leaves_at=view.leaves_at,
        held_because=str(view.held_because) if view.held_because else None,
        acts=sorted(view.acts),
        follows=letter.follows.ref if letter.follows else None,
        replies=ReplyShown.all_of(letter.replies),
        contacts=[_contact(record) for record in letter.contacts],
        answered=rate.answered,
        known=rate.known,
    )


def _release(each: Any) -> ReleaseShown:
    return ReleaseShown(person=each.person.handle, organisation=each.organisation.name, released_at=each.released_at)


def _contact(record: Any) -> ContactShown:
    named = ("kind", "happened_on", "with_whom", "summary", "klass")
    return ContactShown(**{name: getattr(record, name) for name in named}, organisation=record.organisation.name)


@api.get(
    "/letters/<ref>/files/<any(txt, html, pdf):kind>",
    gives=LetterFile,
    scope=Scope.READ_LETTERS,
    may=Permission.SEE_NETWORK,
    web="letters.take_away",
)
def take_away(ref: str, kind: Literal["txt", "html", "pdf"]) -> LetterFile:
    """Take the frozen text, HTML or PDF away: the very bytes that are sent."""
    letter = known_letter(ref)
    if kind not in queries.TYPES:
        raise NotFound()
    data = queries.frozen_file(letter, kind)
    return LetterFile(type=queries.TYPES[kind], name=f"{letter.ref}.{kind}", data=base64.b64encode(data).decode())


@api.get(
    "/letter-templates",
    gives=Templates,
    scope=Scope.READ_LETTERS,
    may=Permission.DRAFT_LETTER,
    web="letters.new letters.change",
)
def templates() -> Templates:
    """List the templates of letters, to start from."""
    known = queries.letter_templates()
    return Templates(
        items=[
            Sample.of(queries.starting_text(slug, language)) for slug, spoken in known.items() for language in spoken
        ]
    )


@api.get("/verify/<sha256>", gives=Verdict, scope=None, web="letters.verify letters.verify_json letters.verify_form")
def verify(sha256: str) -> Verdict:
    """Say whether a file is a letter of this network; open to all."""
    return Verdict.of(queries.verify(db(), sha256[:100]))
