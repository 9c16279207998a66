"""The tables of who answers when, and who is out of office."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Coalition, Organisation
from members.models.people import Person
from network_app.core.db import Base, UtcDateTime, new_id


class DutyTurn(Base):
    """A turn in which a person answers for a coalition, with a deputy; ended ones stay as history."""

    __tablename__ = "duty_turn"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    deputy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    deputy_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    # Days on the wall of the person; without an end it runs until somebody ends it.
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    # The digits of its weekdays, Monday is 0.
    weekdays: Mapped[str] = mapped_column(String(7))
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    coalition: Mapped[Coalition] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id])
    deputy_organisation: Mapped[Organisation | None] = relationship(foreign_keys=[deputy_organisation_id])


class Absence(Base):
    """Time in which a person is out of office, from and until; no reason is asked."""

    __tablename__ = "absence"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
