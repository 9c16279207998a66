"""The tables of who was rung about what, and who took it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from members.rules.duty import Role
from network_app.core.db import Base, EnumText, UtcDateTime, new_id


class Ring(Base):
    """One person rung about one alarm of one case: each step once, and nobody twice."""

    __tablename__ = "ring"
    __table_args__ = (
        UniqueConstraint("appeal_id", "about", "since", "step", name="uq_ring_step"),
        UniqueConstraint("appeal_id", "about", "since", "person_id", name="uq_ring_person"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    about: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    rung_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RingTaken(Base):
    """Somebody took an alarm on, and it rings no more."""

    __tablename__ = "ring_taken"

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    about: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
