"""Calls, meetings and answers that did not come to a letter's mailbox, entered by hand."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_line, clean_text
from network_app.letters.models import ContactRecord, Letter
from network_app.letters.queries import is_a_sender, letter_by_ref
from network_app.letters.rules.replies import GIVEN_BY_HAND, ContactKind, ReplyClass
from network_app.letters.rules.states import OUT
from network_app.letters.use_cases.replies import answered
from network_app.targets.queries import get_target


def record_contact(
    session: Session,
    actor: Actor,
    *,
    kind: ContactKind | str,
    happened_on: date,
    summary: str,
    with_whom: str = "",
    target_id: uuid.UUID | None = None,
    letter_ref: str | None = None,
    klass: ReplyClass | str | None = None,
) -> ContactRecord:
    """Log a call, a meeting or a mail to one of us. With `klass` it is the answer to the letter `letter_ref`.

    Every member logs what it heard; what an answer is worth is said by an organisation that sent the letter. Raises
    NotAllowed, Invalid naming the field, Conflict for an answer to a letter that has not left.
    """
    require(actor, Permission.RECORD_RESPONSE)
    letter = lock(session, Letter, letter_by_ref(session, letter_ref).id) if letter_ref else None
    worth = _worth(actor, letter, klass)
    record = ContactRecord(
        id=new_id(),
        target_id=_target(session, letter, target_id),
        kind=_kind(kind),
        happened_on=_past(session, happened_on),
        klass=worth,
        recorded_at=clock.now(session),
        recorded_by_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
    )
    record.with_whom = clean_line(with_whom, "with_whom", required=False)
    record.summary = clean_text(summary, "summary", longest=10_000)
    session.add(record)
    if letter is not None:
        letter.contacts.append(record)
    if letter is not None and worth is not None:
        answered(letter, worth)
    session.flush()
    audit.record(session, actor, "contact recorded", f"contact:{record.id}", kind=record.kind.value)
    return record


def _past(session: Session, day: date) -> date:
    if day > clock.now(session).date():
        raise Invalid(lazy("This day is still to come."), field="happened_on")
    return day


def _target(session: Session, letter: Letter | None, target_id: uuid.UUID | None) -> uuid.UUID:
    if letter is not None:
        return letter.recipient_id
    if target_id is None:
        raise Invalid(lazy("Please say with whom this was."), field="target_id")
    return get_target(session, target_id).id


def _kind(kind: ContactKind | str) -> ContactKind:
    if kind not in set(ContactKind):
        raise Invalid(lazy("Please choose how you spoke with each other."), field="kind")
    return ContactKind(kind)


def _worth(actor: Actor, letter: Letter | None, klass: ReplyClass | str | None) -> ReplyClass | None:
    if not klass:
        return None
    if letter is None or klass not in set(GIVEN_BY_HAND):
        raise Invalid(lazy("Please choose what the answer is worth."), field="klass")
    if letter.state not in OUT:
        raise Conflict(lazy("This letter has not been sent."))
    if not is_a_sender(actor, letter):
        raise NotAllowed()
    return ReplyClass(klass)
