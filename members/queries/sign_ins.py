"""The browsers that people are signed in with."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.rules import HALF_WAY_IN, SIGN_IN_IDLE, SIGN_IN_LONGEST, STRICT_IDLE, STRICT_LONGEST, Strength
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import UtcDateTime


def _open() -> ColumnElement[bool]:
    """What is neither revoked, idle nor open for too long, by the moments that `_limits` gives."""
    idle, longest, strict_idle, strict_longest = (bindparam(name, type_=UtcDateTime()) for name in LIMITS)
    ordinary = (SignIn.seen_at > idle, SignIn.created_at > longest)
    stricter = (SignIn.seen_at > strict_idle, SignIn.created_at > strict_longest)
    within = or_(and_(SignIn.strict.is_(False), *ordinary), and_(SignIn.strict.is_(True), *stricter))
    return and_(SignIn.strength != Strength.HALF, SignIn.revoked_at.is_(None), within)


def _limits(now: datetime) -> dict[str, datetime]:
    return {name: now - length for name, length in LIMITS.items()}


LIMITS = {
    "idle": SIGN_IN_IDLE,
    "longest": SIGN_IN_LONGEST,
    "strict_idle": STRICT_IDLE,
    "strict_longest": STRICT_LONGEST,
}
# Every request asks for its sign-in: put together once.
_OPEN = _open()
_BEHIND = (
    select(SignIn)
    .join(Person, Person.id == SignIn.person_id)
    .where(SignIn.token_hash == bindparam("token"), Person.frozen_at.is_(None))
)
_BEHIND_OPEN = _BEHIND.where(_OPEN)


def find_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Find the sign-in a browser's token stands for, unless it was revoked, idle or open for too long."""
    return session.scalar(_BEHIND_OPEN, {"token": token_hash(token), **_limits(now)})


def find_half_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Find the sign-in whose password was right and whose code is still awaited; it opens nothing yet."""
    waiting = and_(SignIn.strength == Strength.HALF, SignIn.revoked_at.is_(None), SignIn.created_at > now - HALF_WAY_IN)
    return session.scalar(_BEHIND.where(waiting), {"token": token_hash(token)})


def token_hash(token: str) -> str:
    """Return what is stored for a browser's token."""
    return keyed_hash("sign-in", token)


def sign_ins_of(session: Session, person_id: uuid.UUID) -> Sequence[SignIn]:
    """List where a person is signed in now, the latest seen first."""
    here = select(SignIn).where(SignIn.person_id == person_id, _OPEN).order_by(SignIn.seen_at.desc())
    return session.scalars(here, _limits(clock.now(session))).all()
