"""What comes back to a letter: mails to its own address, and the silence that a person confirmed."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import CONTROL, DIRECTION, clean_text
from network_app.letters.messages import tell_of_deadline, tell_of_reply
from network_app.letters.models import Letter, Reply
from network_app.letters.queries import (
    get_reply,
    is_a_sender,
    letter_by_ref,
    letter_by_reply_address,
    letters_past_deadline,
    reply_by_message,
    unread_answers,
)
from network_app.letters.rules.replies import GIVEN_BY_HAND, ReplyClass, ReplyKind, reply_kind
from network_app.letters.rules.states import OUT, TRANSITIONS, LetterState

LONGEST_REPLY = 200_000


def receive_reply(
    session: Session,
    *,
    to_address: str,
    from_address: str,
    subject: str,
    text: str,
    message_id: str,
    received_at: datetime,
    auto_submitted: str = "",
    content_type: str = "",
    sender_path: str | None = None,
) -> Reply | None:
    """Keep a mail that came to a letter's address, sealed; None if the address is no letter's.

    The same Message-ID twice is one reply. Bounces and notes of absence are recognised and never count as an answer.
    """
    found = letter_by_reply_address(session, to_address)
    if found is None:
        return None
    letter = lock(session, Letter, found.id)
    key = _message_key(message_id, from_address, subject, text)
    known = reply_by_message(session, letter.id, key)
    if known is not None:
        return known
    kind = reply_kind(from_address, subject, auto_submitted, content_type, sender_path)
    reply = Reply(id=new_id(), message_key=key, kind=kind, received_at=received_at)
    reply.from_address, reply.subject = _shown(from_address, 300), _shown(subject, 500)
    reply.text = _shown(text, LONGEST_REPLY)
    letter.replies.append(reply)
    session.flush()
    audit.record(session, Actor.system(), "reply received", f"letter:{letter.ref}", kind=kind.value)
    if kind is not ReplyKind.ABSENCE:
        tell_of_reply(session, letter, reply)
    return reply


def _message_key(message_id: str, *contents: str) -> str:
    # A mail without an id is known again by what it says.
    named = message_id.strip() or hashlib.sha256("\0".join(contents).encode()).hexdigest()
    return keyed_hash("message-id", named)


def _shown(text: str, longest: int) -> str:
    return DIRECTION.sub("", CONTROL.sub("", text.replace("\r\n", "\n")))[:longest]


def class_reply(
    session: Session, actor: Actor, *, reply_id: uuid.UUID, klass: ReplyClass | str, note: str = ""
) -> Reply:
    """Say what an answer is worth; the letter then counts as answered. It may be said again, better.

    Raises NotAllowed for an organisation that did not send the letter, Invalid for a class that is not given by hand,
    Conflict for a bounce or a note of absence.
    """
    require(actor, Permission.RECORD_RESPONSE)
    letter = lock(session, Letter, get_reply(session, reply_id).letter_id)
    if not is_a_sender(actor, letter):
        raise NotAllowed()
    reply = get_reply(session, reply_id)
    chosen = _klass(klass)
    if reply.kind is not ReplyKind.ANSWER:
        raise Conflict(lazy("This mail was written by a machine; it is no answer."))
    reply.klass, reply.note = chosen, clean_text(note, "note", longest=2000, required=False)
    reply.classed_at, reply.classed_by_id = clock.now(session), actor.own_person()
    answered(letter, chosen)
    audit.record(session, actor, "reply classed", f"letter:{letter.ref}", klass=chosen.value)
    return reply


def answered(letter: Letter, klass: ReplyClass) -> None:
    """The letter has an answer of this worth."""
    letter.outcome = klass
    if LetterState.ANSWERED in TRANSITIONS[letter.state]:
        letter.state = LetterState.ANSWERED


def _klass(klass: ReplyClass | str) -> ReplyClass:
    if klass not in set(GIVEN_BY_HAND):
        raise Invalid(lazy("Please choose what the answer is worth."), field="klass")
    return ReplyClass(klass)


def confirm_mailbox_checked(session: Session, actor: Actor, *, ref: str) -> Letter:
    """A named person looked into the letter's mailbox after the deadline and found no answer (DOMAIN 5).

    Raises NotAllowed as class_reply; Conflict before the deadline, or while an answer lies there unread.
    """
    require(actor, Permission.RECORD_RESPONSE)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    if not is_a_sender(actor, letter):
        raise NotAllowed()
    now = clock.fresh_now(session)
    if letter.state not in OUT or letter.deadline_at is None:
        raise Conflict(lazy("This letter has not been sent."))
    if now < letter.deadline_at:
        raise Conflict(lazy("The target still has time to answer."))
    if unread_answers(letter):
        raise Conflict(lazy("There is an answer in the mailbox that nobody has classed. Please class it."))
    if letter.state is LetterState.ANSWERED:
        raise Conflict(lazy("This letter was answered."))
    letter.state = LetterState.DEADLINE_PASSED
    letter.mailbox_checked_at, letter.mailbox_checked_by_id = now, actor.own_person()
    letter.outcome = ReplyClass.NONE_BY_DEADLINE
    audit.record(session, actor, "mailbox checked", f"letter:{letter.ref}", found="nothing")
    return letter


def pass_deadlines(session: Session) -> None:
    """Mark the letters whose time is over and ask their authors to look into the mailbox."""
    for found in letters_past_deadline(session, clock.now(session)):
        letter = lock(session, Letter, found.id)
        if LetterState.DEADLINE_PASSED in TRANSITIONS[letter.state]:
            letter.state = LetterState.DEADLINE_PASSED
            audit.record(session, Actor.system(), "letter deadline passed", f"letter:{letter.ref}")
            tell_of_deadline(session, letter)
