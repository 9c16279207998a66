"""What the letters wait for, person by person: the part of somebody's day that letters make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor, Permission, may
from network_app.letters.models import Letter
from network_app.letters.queries.conditions import (
    OpenGate,
    answers_for,
    check_releaser,
    is_a_sender,
    letters_waiting,
    signing_is_over,
)
from network_app.letters.rules.states import OPEN, LetterState

WAITING = (LetterState.SIGNING, LetterState.RELEASED_ONCE, LetterState.DEADLINE_PASSED, LetterState.UNCERTAIN)


@dataclass(frozen=True)
class LetterTask:
    """One letter that waits for somebody: for what, and until when, if there is a day."""

    ref: str
    words: LazyText
    due: datetime | None


def letter_tasks(session: Session, actor: Actor, open_gate: OpenGate) -> Iterator[LetterTask]:
    """What letters wait for from this person."""
    if not any(may(actor, needed) for needed in (Permission.SIGN_LETTER, Permission.RELEASE_LETTER)):
        return
    for letter in letters_waiting(session, actor, WAITING, open_gate):
        asked = _asked_of(session, actor, letter)
        if asked is not None:
            yield LetterTask(letter.ref, *asked)


def _asked_of(session: Session, actor: Actor, letter: Letter) -> tuple[LazyText, datetime | None] | None:
    if letter.state is LetterState.SIGNING and not signing_is_over(session, letter):
        signs = may(actor, Permission.SIGN_LETTER) and not _has_spoken(actor, letter)
        return (lazy("Sign the letter, or leave it"), letter.sign_until) if signs else None
    if letter.state in OPEN:
        releases = _may_release(session, actor, letter)
        return (lazy("Release the letter, as one of two people"), None) if releases else None
    if letter.state is LetterState.UNCERTAIN:
        return (lazy("Find out whether the letter arrived"), letter.frozen_at) if answers_for(actor, letter) else None
    waits = letter.mailbox_checked_at is None and is_a_sender(actor, letter)
    return (lazy("Look into the mailbox and confirm the silence"), letter.deadline_at) if waits else None


def _has_spoken(actor: Actor, letter: Letter) -> bool:
    signed = any(signature.organisation_id == actor.organisation_id for signature in letter.valid_signatures)
    return signed or str(actor.organisation_id) in letter.stand_aside


def _may_release(session: Session, actor: Actor, letter: Letter) -> bool:
    try:
        check_releaser(session, actor, letter)
    except Conflict:
        return False
    return bool(letter.valid_signatures) and may(actor, Permission.RELEASE_LETTER)
