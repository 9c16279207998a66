"""The tables of who belongs to the network."""

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.rules import MONTHLY_CALLS, OrganisationKind, OrganisationStatus, Side
from network_app.core.db import Base, EnumText, UtcDateTime, new_id


class Coalition(Base):
    """A grouping of organisations that runs itself."""

    __tablename__ = "coalition"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Organisation(Base):
    """A union, federation, worker centre or other body that is, or asks to be, a member."""

    __tablename__ = "organisation"
    # The registers are read in the order of names, whole or of one country. What they are narrowed by stands in the
    # index too, so that no row is read in vain.
    __table_args__ = (
        Index("ix_organisation_in_order", "folded", "id", "status", "side", "kind", "family"),
        Index("ix_organisation_there", "country", "folded", "id", "status", "side", "kind", "family"),
        Index("ix_organisation_bloc_id", "bloc_id", "status", "side", "secretariat"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(300))
    kind: Mapped[OrganisationKind] = mapped_column(EnumText(OrganisationKind))
    country: Mapped[str] = mapped_column(String(2))
    side: Mapped[Side] = mapped_column(EnumText(Side))
    family: Mapped[str | None] = mapped_column(String(200), index=True)
    # Safety: an affiliate shares one vote with its family, so another affiliate confirms who belongs to it.
    family_asked: Mapped[str | None] = mapped_column(String(200))
    # No index: nearly all are active, and a database would walk it instead of the order of names.
    status: Mapped[OrganisationStatus] = mapped_column(EnumText(OrganisationStatus))
    languages: Mapped[list[str]] = mapped_column(JSON)
    room_language: Mapped[str] = mapped_column(String(12))
    email: Mapped[str | None] = mapped_column(String(254))
    joined_on: Mapped[date | None]
    fictional: Mapped[bool] = mapped_column(default=False)
    secretariat: Mapped[bool] = mapped_column(default=False)
    bloc_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coalition.id"))
    monthly_call_cap: Mapped[int] = mapped_column(default=MONTHLY_CALLS)

    bloc: Mapped[Coalition | None] = relationship()


class CoalitionMembership(Base):
    """An organisation in a coalition, from and until; the past ones stay as history.

    `folded` is the organisation's present name again, so that one index gives a coalition in the order of names.
    """

    __tablename__ = "coalition_membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "coalition_id", "since"),
        Index(
            "ix_coalition_membership_in_order",
            "coalition_id",
            "folded",
            "organisation_id",
            "until",
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    coalition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coalition.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    folded: Mapped[str] = mapped_column(String(300))
