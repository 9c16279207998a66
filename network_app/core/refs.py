"""Short references that people say aloud: random, so that they tell no count."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.db import Base

# No 0 and O, no 1 and I: they are read wrongly on the phone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 4
TRIES = 50


def new_ref(session: Session, model: type[Base], prefix: str) -> str:
    """A reference such as `UA-7K3F` that no row of `model` has yet."""
    column = model.__table__.c["ref"]
    for attempt in range(TRIES):
        # A network that fills the short space gets longer ones rather than none.
        length = LENGTH + attempt // 10
        ref = f"{prefix}-{''.join(secrets.choice(LETTERS) for _ in range(length))}"
        if session.scalar(select(column).where(column == ref)) is None:
            return ref
    raise RuntimeError("no free reference")
