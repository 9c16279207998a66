"""The browsers that people are signed in with."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.rules import HALF_WAY_IN, SIGN_IN_IDLE, SIGN_IN_LONGEST, STRICT_IDLE, STRICT_LONGEST, Strength
from network_app.core import clock
from network_app.core.crypto import keyed_hash


def find_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Find the sign-in a browser's token stands for, unless it was revoked, idle or open for too long."""
    return _find(session, token, _open(now))


def find_half_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Find the sign-in whose password was right and whose code is still awaited; it opens nothing yet."""
    waiting = and_(SignIn.strength == Strength.HALF, SignIn.revoked_at.is_(None), SignIn.created_at > now - HALF_WAY_IN)
    return _find(session, token, waiting)


def token_hash(token: str) -> str:
    """Return what is stored for a browser's token."""
    return keyed_hash("sign-in", token)


def sign_ins_of(session: Session, person_id: uuid.UUID) -> Sequence[SignIn]:
    """List where a person is signed in now, the latest seen first."""
    here = select(SignIn).where(SignIn.person_id == person_id, _open(clock.now(session)))
    return session.scalars(here.order_by(SignIn.seen_at.desc())).all()


def _find(session: Session, token: str, usable: ColumnElement[bool]) -> SignIn | None:
    return session.scalar(
        select(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash(token), Person.frozen_at.is_(None), usable)
    )


def _open(now: datetime) -> ColumnElement[bool]:
    ordinary = (SignIn.seen_at > now - SIGN_IN_IDLE, SignIn.created_at > now - SIGN_IN_LONGEST)
    stricter = (SignIn.seen_at > now - STRICT_IDLE, SignIn.created_at > now - STRICT_LONGEST)
    within = or_(and_(SignIn.strict.is_(False), *ordinary), and_(SignIn.strict.is_(True), *stricter))
    return and_(SignIn.strength != Strength.HALF, SignIn.revoked_at.is_(None), within)
