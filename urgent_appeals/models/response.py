"""The tables of what the network does about an appeal: targets, texts, fan-out, calls, demands, payments."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, ForeignKey, Index, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.demands import DemandKind, DemandState, PaymentRoute


class Sum(TypeDecorator[Decimal]):
    """A sum of money as whole hundredths, because SQLite would keep a decimal as a float and lose cents."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = value * 100
        if hundredths != hundredths.to_integral_value():
            raise ValueError("a sum with more than two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class AppealTarget(Base):
    """Whom this appeal tries to move, and who in the network sees to it."""

    __tablename__ = "appeal_target"
    __table_args__ = (UniqueConstraint("appeal_id", "target_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    sourcing_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sourcing_link.id"))
    reason: Mapped[str] = mapped_column(default="")
    owner_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    named_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    named_by_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AudienceText(Base):
    """One version of what the network or the public may read, field by field, approved by a second person."""

    __tablename__ = "audience_text"
    __table_args__ = (UniqueConstraint("appeal_id", "audience", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    audience: Mapped[Audience] = mapped_column(EnumText(Audience))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the rendered text that was approved.
    sha256: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FanOut(Base):
    """One round of asking the network."""

    __tablename__ = "fan_out"
    __table_args__ = (UniqueConstraint("appeal_id", "round"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    round: Mapped[int]
    text_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audience_text.id"))
    clock: Mapped[Clock] = mapped_column(EnumText(Clock))
    planned_by_person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    planned_by_organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leaves_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recalled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Danger clock: by then a second verifier, or a correction to everyone who was alerted.
    second_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    seconded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Call(Base):
    """One organisation asked in one round, with the reasons why, and what it said."""

    __tablename__ = "appeal_call"
    __table_args__ = (
        UniqueConstraint("appeal_id", "organisation_id", "round"),
        Index("ix_appeal_call_organisation_id_answer", "organisation_id", "answer"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    fan_out_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fan_out.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    round: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    asked: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leaves_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recalled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[CallAnswer | None] = mapped_column(EnumText(CallAnswer))
    answer_text: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    via: Mapped[str | None] = mapped_column(String(20))
    half_reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AskedOrganisation(Base):
    """An organisation that the filer asked us to ask."""

    __tablename__ = "asked_organisation"
    __table_args__ = (UniqueConstraint("appeal_id", "organisation_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallOptOut(Base):
    """An organisation that does not want to be asked, at all or about one target."""

    __tablename__ = "call_opt_out"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    target_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target.id"))
    reason: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Demand(Base):
    """One thing the workers ask for, on its own path to its own proof."""

    __tablename__ = "demand"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[DemandKind] = mapped_column(EnumText(DemandKind))
    what: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Sum)
    currency: Mapped[str | None] = mapped_column(String(3))
    wanted: Mapped[int | None]
    reached: Mapped[int] = mapped_column(default=0)
    state: Mapped[DemandState] = mapped_column(EnumText(DemandState))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Payment(Base):
    """One entry of a money demand's ledger; never changed, never added across routes or currencies."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("demand_id", "nr"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    demand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("demand.id"))
    nr: Mapped[int]
    route: Mapped[PaymentRoute] = mapped_column(EnumText(PaymentRoute))
    amount: Mapped[Decimal] = mapped_column(Sum)
    currency: Mapped[str] = mapped_column(String(3))
    paid_on: Mapped[date]
    payer: Mapped[str]
    workers_counted: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_by_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    by_filer: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
