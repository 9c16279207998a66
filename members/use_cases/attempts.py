"""Counting wrong passwords and codes, so that guessing is slow without locking anybody out for good.

A wrong try is an outcome that is stored, not an error that is rolled back: the entrypoint commits it.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from members.models import WrongAttempt
from members.rules import ATTEMPT_WINDOW
from network_app.core import clock
from network_app.core.db import new_id
from network_app.core.errors import TooMany


class Limit(NamedTuple):
    """How many wrong tries are counted under one key before the next is refused, and for how long each counts."""

    subject: str
    most: int
    window: timedelta = ATTEMPT_WINDOW


def check_attempts(session: Session, *limits: Limit) -> bool:
    """Refuse another try while one of the limits is used up; raises TooMany. Returns whether any try counts so far."""
    now = clock.now(session)
    counted = WrongAttempt.subject.in_([limit.subject for limit in limits])
    recent = WrongAttempt.at > now - max(limit.window for limit in limits)
    wrong = session.execute(select(WrongAttempt.subject, WrongAttempt.at).where(counted, recent)).all()
    for limit in limits:
        if sum(row.subject == limit.subject and row.at > now - limit.window for row in wrong) >= limit.most:
            raise TooMany()
    return bool(wrong)


def count_wrong_attempt(session: Session, subject: str) -> None:
    """Remember one wrong try."""
    session.add(WrongAttempt(id=new_id(), subject=subject, at=clock.now(session)))
    session.flush()


def forget_attempts(session: Session, subject: str) -> None:
    """Forget the wrong tries after a right one."""
    session.execute(delete(WrongAttempt).where(WrongAttempt.subject == subject))
