"""Counting wrong passwords and codes, so that guessing is slow without locking anybody out for good.

A wrong try is an outcome that is stored, not an error that is rolled back: the entrypoint commits it.
"""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from members.models import WrongAttempt
from members.rules import ATTEMPT_WINDOW
from network_app.core import clock
from network_app.core.db import new_id
from network_app.core.errors import TooMany


def check_attempts(session: Session, subject: str, most: int, *, window: timedelta = ATTEMPT_WINDOW) -> None:
    """Refuse another try while there were `most` wrong ones in the window; raises TooMany."""
    since = clock.now(session) - window
    wrong = select(func.count()).where(WrongAttempt.subject == subject, WrongAttempt.at > since)
    if (session.scalar(wrong) or 0) >= most:
        raise TooMany()


def count_wrong_attempt(session: Session, subject: str) -> None:
    """Remember one wrong try."""
    session.add(WrongAttempt(id=new_id(), subject=subject, at=clock.now(session)))
    session.flush()


def forget_attempts(session: Session, subject: str) -> None:
    """Forget the wrong tries after a right one."""
    session.execute(delete(WrongAttempt).where(WrongAttempt.subject == subject))
