"""Whom pressure can reach, where the work is done, and who is said to buy it: always with a source and a date."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.core.i18n import LazyText
from network_app.targets.rules import (
    VALUE_LABELS,
    Confidence,
    Evidence,
    FacilityStatus,
    LinkState,
    RowOutcome,
    Side,
    Stance,
    TargetKind,
    Topic,
    contradicts,
)


class Target(Base):
    """A brand, owner, authority, association, financier or scheme (DOMAIN 2)."""

    __tablename__ = "target"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[TargetKind] = mapped_column(EnumText(TargetKind), index=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    home_country: Mapped[str | None] = mapped_column(index=True)
    markets: Mapped[list[str]] = mapped_column(JSON, default=list)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"), index=True)
    answers_itself: Mapped[bool] = mapped_column(default=False)
    contact_email: Mapped[str | None]
    contact_language: Mapped[str] = mapped_column(default="en")
    contact_source: Mapped[str] = mapped_column(default="")
    contact_since: Mapped[dt.date | None]
    contact_bounced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str]
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    parent: Mapped[Target | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[Target]] = relationship(back_populates="parent", order_by="Target.name")
    aliases: Mapped[list[TargetAlias]] = relationship(back_populates="target", order_by="TargetAlias.name")
    facts: Mapped[list[PublicFact]] = relationship(back_populates="target", order_by="PublicFact.as_of")
    parent_claims: Mapped[list[ParentClaim]] = relationship(
        back_populates="target", foreign_keys="ParentClaim.target_id", order_by="ParentClaim.year"
    )
    links: Mapped[list[SourcingLink]] = relationship(back_populates="target")


class TargetAlias(Base):
    """Another name under which a target appears in lists and in people's mouths."""

    __tablename__ = "target_alias"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(default="")

    target: Mapped[Target] = relationship(back_populates="aliases")


class ParentClaim(Base):
    """What a source says about who owns a target, kept even where another source says otherwise."""

    __tablename__ = "target_parent_claim"
    __table_args__ = (UniqueConstraint("target_id", "parent_id", "year"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    year: Mapped[int]
    source: Mapped[str]

    target: Mapped[Target] = relationship(back_populates="parent_claims", foreign_keys=[target_id])
    parent: Mapped[Target] = relationship(foreign_keys=[parent_id])


class Facility(Base):
    """A workplace. One that was merged, moved or closed stays findable under every name it had."""

    __tablename__ = "facility"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"), index=True)
    status: Mapped[FacilityStatus] = mapped_column(EnumText(FacilityStatus), default=FacilityStatus.OPEN)
    status_since: Mapped[dt.date | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"))
    source: Mapped[str]
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    owner: Mapped[Target | None] = relationship()
    merged_into: Mapped[Facility | None] = relationship(remote_side=[id])
    names: Mapped[list[FacilityName]] = relationship(back_populates="facility", order_by="FacilityName.name")
    facts: Mapped[list[PublicFact]] = relationship(back_populates="facility", order_by="PublicFact.as_of")
    links: Mapped[list[SourcingLink]] = relationship(back_populates="facility")


class FacilityName(Base):
    """One way in which a facility was written down somewhere; the fingerprint recognises the same row again."""

    __tablename__ = "facility_name"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id"), index=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    search_key: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(default="")

    facility: Mapped[Facility] = relationship(back_populates="names")


class SourcingLink(Base):
    """A claim that a brand sources or sourced at a facility. Never a fact: both sides are kept."""

    __tablename__ = "sourcing_link"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id"), index=True)
    evidence: Mapped[Evidence] = mapped_column(EnumText(Evidence))
    claim: Mapped[str]
    first_seen: Mapped[dt.date | None]
    last_seen: Mapped[dt.date | None]
    confidence: Mapped[Confidence] = mapped_column(EnumText(Confidence), default=Confidence.MEDIUM)
    state: Mapped[LinkState] = mapped_column(EnumText(LinkState), default=LinkState.UNREVIEWED)
    review_note: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[dt.date | None]
    source: Mapped[str]
    claimed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    target: Mapped[Target] = relationship(back_populates="links")
    facility: Mapped[Facility] = relationship(back_populates="links")
    statements: Mapped[list[LinkStatement]] = relationship(back_populates="link", order_by="LinkStatement.nr")

    @property
    def in_conflict(self) -> bool:
        """Whether somebody contradicts this claim, so that both sides must be shown."""
        return any(contradicts(one.stance, one.ended_on, self.last_seen) for one in self.statements)


class LinkStatement(Base):
    """What one side says about a sourcing claim. Statements are added and never rewritten."""

    __tablename__ = "link_statement"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sourcing_link.id"), index=True)
    nr: Mapped[int]
    said_by: Mapped[Side] = mapped_column(EnumText(Side))
    stance: Mapped[Stance] = mapped_column(EnumText(Stance))
    text: Mapped[str]
    said_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    source: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    link: Mapped[SourcingLink] = relationship(back_populates="statements")


class PublicFact(Base):
    """A dated figure or answer from a public list about a target or a facility, shown with its source."""

    __tablename__ = "public_fact"
    __table_args__ = (UniqueConstraint("target_id", "facility_id", "topic", "as_of"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"), index=True)
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"), index=True)
    topic: Mapped[Topic] = mapped_column(EnumText(Topic))
    value: Mapped[str]
    as_of: Mapped[str]
    source: Mapped[str]

    target: Mapped[Target | None] = relationship(back_populates="facts")
    facility: Mapped[Facility | None] = relationship(back_populates="facts")

    @property
    def words(self) -> LazyText | str:
        """The value as people read it."""
        return VALUE_LABELS.get(self.value, self.value)


class FacilityImport(Base):
    """One facility list as it was handed in; the same file is recognised by its hash."""

    __tablename__ = "facility_import"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(default="")
    supplier_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"))
    listed_on: Mapped[dt.date | None]
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[uuid.UUID | None]

    supplier_of: Mapped[Target | None] = relationship()
    rows: Mapped[list[ImportRow]] = relationship(back_populates="facility_import", order_by="ImportRow.line")


class ImportRow(Base):
    """What one row of a list said, and what became of it."""

    __tablename__ = "facility_import_row"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility_import.id"), index=True)
    line: Mapped[int]
    outcome: Mapped[RowOutcome] = mapped_column(EnumText(RowOutcome), index=True)
    name: Mapped[str]
    country: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    fingerprint: Mapped[str] = mapped_column(index=True)
    remarks: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"), index=True)
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"))
    score: Mapped[int | None]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    facility_import: Mapped[FacilityImport] = relationship(back_populates="rows")
    facility: Mapped[Facility | None] = relationship(foreign_keys=[facility_id])
    candidate: Mapped[Facility | None] = relationship(foreign_keys=[candidate_id])
