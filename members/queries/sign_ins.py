"""The browsers that people are signed in with."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.rules import SIGN_IN_IDLE, SIGN_IN_LONGEST
from network_app.core import clock
from network_app.core.crypto import keyed_hash


def find_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """Find the sign-in a browser's token stands for, unless it was revoked, idle or open for too long."""
    return session.scalar(
        select(SignIn)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash(token), Person.frozen_at.is_(None), _open(now))
    )


def token_hash(token: str) -> str:
    """Return what is stored for a browser's token."""
    return keyed_hash("sign-in", token)


def sign_ins_of(session: Session, person_id: uuid.UUID) -> Sequence[SignIn]:
    """List where a person is signed in now, the latest seen first."""
    here = select(SignIn).where(SignIn.person_id == person_id, _open(clock.now(session)))
    return session.scalars(here.order_by(SignIn.seen_at.desc())).all()


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        SignIn.revoked_at.is_(None), SignIn.seen_at > now - SIGN_IN_IDLE, SignIn.created_at > now - SIGN_IN_LONGEST
    )
