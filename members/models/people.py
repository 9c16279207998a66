"""The tables of who may act for whom."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Organisation
from members.rules import last_day_of
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.core.permissions import Duty
from network_app.core.zones import zone_of_country


class Person(Base):
    """Somebody who acts for organisations, known by a display handle and not by a legal name."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    # Safety: a copied database must not be a list of organisers' addresses, so the address is sealed
    # and found again by its keyed hash.
    email_ct: Mapped[bytes | None]
    email_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    email = Sealed("email_ct")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12), default="en")
    # None: the zone of the country of the organisation acted for.
    zone: Mapped[str | None] = mapped_column(String(40))
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mandate(Base):
    """One duty that a person holds for an organisation, from and until; ended ones stay as history.

    An alternate's mandate holds only while nobody who has that duty as their own is there to use it.
    """

    __tablename__ = "mandate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    duty: Mapped[Duty] = mapped_column(EnumText(Duty))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alternate: Mapped[bool] = mapped_column(default=False)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    # Counts the changes, so that of two people who change it at once the second is told.
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()
    granted_by: Mapped[Person | None] = relationship(foreign_keys=[granted_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin and end: in the organisation's country."""
        return zone_of_country(self.organisation.country)

    @property
    def first_day(self) -> date:
        """The first day on which it holds."""
        return self.since.astimezone(self.zone).date()

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None: until somebody ends it."""
        return last_day_of(self.until, self.zone) if self.until else None


class ChatIdentity(Base):
    """A Matrix user id bound to a person; one id never belongs to two people."""

    __tablename__ = "chat_identity"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    matrix_id: Mapped[str] = mapped_column(String(255), unique=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkCode(Base):
    """A short code, shown once on the web and typed in chat, that binds the two; only its hash is kept."""

    __tablename__ = "link_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
