"""The tables of who may act for whom."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models.organisations import Organisation
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.core.permissions import Duty


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
