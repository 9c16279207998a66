"""The tables of the words given for and against a person who may be in the wrong hands."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.people import Person
from network_app.core.db import Base, UtcDateTime, new_id


class FreezeWord(Base):
    """One word from another organisation that a person should be frozen; two of two organisations freeze."""

    __tablename__ = "freeze_word"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThawWord(Base):
    """One word that a frozen person may come back; it takes two. The word of whoever runs the server names nobody."""

    __tablename__ = "thaw_word"
    __table_args__ = (UniqueConstraint("person_id", "given_by_id", "frozen_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    given_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    given_by: Mapped[Person | None] = relationship(foreign_keys=[given_by_id])
