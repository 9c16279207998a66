"""The tables of an organisation's profile: how it is reached, what it was called, and the words it is found by."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from members.rules import LONGEST_PREFIX, ContactKind, ContactPurpose
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id


class ContactPoint(Base):
    """One way to reach an organisation, sealed, with what to heed; ended ones are deleted."""

    __tablename__ = "contact_point"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ContactKind] = mapped_column(EnumText(ContactKind))
    purpose: Mapped[ContactPurpose] = mapped_column(EnumText(ContactPurpose))
    language: Mapped[str] = mapped_column(String(12))
    # Safety: a copied database must not be a directory of organisers' telephones and houses.
    value_ct: Mapped[bytes | None]
    value = Sealed("value_ct")
    note_ct: Mapped[bytes | None]
    note = Sealed("note_ct")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FormerName(Base):
    """A name that an organisation had, so that it is still found under it."""

    __tablename__ = "former_name"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class NamePrefix(Base):
    """The beginning of a word of an organisation's names: the register is searched by these, in the order of names.

    `folded` is the organisation's present name again, so that one index gives the hits in their order.
    """

    __tablename__ = "name_prefix"
    __table_args__ = (Index("ix_name_prefix_in_order", "prefix", "folded", "organisation_id"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(LONGEST_PREFIX), primary_key=True)
    folded: Mapped[str] = mapped_column(String(300))
