"""The tables of who is signed in where, and of what guards the way in."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from members.rules import Strength
from network_app.core.db import Base, EnumText, UtcDateTime, new_id


class SignIn(Base):
    """One browser in which a person is signed in; the cookie holds the token, this row only its hash."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    device: Mapped[str] = mapped_column(String(80), default="")
    strength: Mapped[Strength] = mapped_column(EnumText(Strength), default=Strength.PASSWORD)
    # What the person might do when this token was made: with other rights the browser gets another token.
    rights: Mapped[str] = mapped_column(String(64), default="")
    strict: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WrongAttempt(Base):
    """A wrong password or link code, counted under a keyed hash so that the row names nobody."""

    __tablename__ = "wrong_attempt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
