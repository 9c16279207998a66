"""The tables by which coalitions run themselves: who coordinates, who asks or is asked to join, who applies."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Coalition, Organisation
from members.models.people import Person
from members.rules import ApplicationState
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id


class CoalitionCoordinator(Base):
    """A person who coordinates a coalition, for an organisation in it; ended ones stay as history."""

    __tablename__ = "coalition_coordinator"
    __table_args__ = (UniqueConstraint("coalition_id", "person_id", "organisation_id", "since"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    named_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()
    coalition: Mapped[Coalition] = relationship()


class JoinRequest(Base):
    """A member that asks to be in one more coalition, or is asked by it; the other side answers."""

    __tablename__ = "join_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_coalition: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted: Mapped[bool] = mapped_column(default=False)

    coalition: Mapped[Coalition] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Application(Base):
    """A body that asks to become a member, of a coalition or directly."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_state", "state"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    coalition_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coalition.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(EnumText(ApplicationState))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Safety: who asks to join a network of unions is nobody's business outside it, so the address is sealed.
    email_ct: Mapped[bytes | None]
    email = Sealed("email_ct")
    language: Mapped[str] = mapped_column(String(12), default="en")
    about: Mapped[str] = mapped_column(Text, default="")
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))

    coalition: Mapped[Coalition | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def chain(self) -> str:
        """The chain that holds what happened to this application."""
        return f"application:{self.id}"


class Sponsor(Base):
    """A member that was asked to vouch for an applicant, and whether it did."""

    __tablename__ = "application_sponsor"
    __table_args__ = (UniqueConstraint("application_id", "organisation_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    vouches: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship()


class Objection(Base):
    """A member's reason why an applicant should not be admitted; it may be taken back."""

    __tablename__ = "application_objection"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
