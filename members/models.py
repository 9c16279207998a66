"""The tables of who belongs to the network and who may act for whom."""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.rules import MONTHLY_CALLS, OrganisationKind, OrganisationStatus, Side
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.core.permissions import Duty


class Coalition(Base):
    """A grouping of organisations that runs itself."""

    __tablename__ = "coalition"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Organisation(Base):
    """A union, federation, worker centre or other body that is, or asks to be, a member."""

    __tablename__ = "organisation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(EnumText(OrganisationKind))
    country: Mapped[str] = mapped_column(String(2), index=True)
    side: Mapped[Side] = mapped_column(EnumText(Side))
    family: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[OrganisationStatus] = mapped_column(EnumText(OrganisationStatus), index=True)
    languages: Mapped[list[str]] = mapped_column(JSON)
    room_language: Mapped[str] = mapped_column(String(12))
    email: Mapped[str | None] = mapped_column(String(254))
    joined_on: Mapped[date | None]
    fictional: Mapped[bool] = mapped_column(default=False)
    secretariat: Mapped[bool] = mapped_column(default=False)
    bloc_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coalition.id"), index=True)
    monthly_call_cap: Mapped[int] = mapped_column(default=MONTHLY_CALLS)

    bloc: Mapped[Coalition | None] = relationship()


class CoalitionMembership(Base):
    """An organisation in a coalition, from and until; the past ones stay as history."""

    __tablename__ = "coalition_membership"
    __table_args__ = (UniqueConstraint("organisation_id", "coalition_id", "since"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mandate(Base):
    """One duty that a person holds for an organisation, from and until; ended ones stay as history."""

    __tablename__ = "mandate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    duty: Mapped[Duty] = mapped_column(EnumText(Duty))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()


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


class SignIn(Base):
    """One browser in which a person is signed in; the cookie holds the token, this row only its hash."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    device: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ThawWord(Base):
    """One colleague's word that a frozen person may come back; it takes two."""

    __tablename__ = "thaw_word"
    __table_args__ = (UniqueConstraint("person_id", "given_by_id", "frozen_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WrongAttempt(Base):
    """A wrong password or link code, counted under a keyed hash so that the row names nobody."""

    __tablename__ = "wrong_attempt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
