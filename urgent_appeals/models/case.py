"""The tables of an appeal from its arrival to its acceptance: the case, its receipt, messages, evidence, consent.

Everything that could name a worker, a place or a wish is sealed; what stays plain is what clocks and queues need.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from urgent_appeals.rules.audiences import Audience, CustodyAct, EvidenceKind, MessageKind, TriageChoice
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.consent import Basis, Use
from urgent_appeals.rules.stages import OUTWARD, FiledVia, Outcome, Stage


class Appeal(Base):
    """One call for help by workers, and where it stands."""

    __tablename__ = "appeal"
    __table_args__ = (Index("ix_appeal_stage_received_at", "stage", "received_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    # The form's own id, hashed: the same form sent twice is one appeal.
    filing_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    clock: Mapped[Clock] = mapped_column(EnumText(Clock))
    stage: Mapped[Stage] = mapped_column(EnumText(Stage))
    stage_before: Mapped[Stage | None] = mapped_column(EnumText(Stage))
    language: Mapped[str] = mapped_column(String(12))
    country: Mapped[str] = mapped_column(String(2), index=True)
    workers_count: Mapped[int | None]

    title_ct: Mapped[bytes | None]
    place_ct: Mapped[bytes | None]
    workplace_ct: Mapped[bytes | None]
    brands_ct: Mapped[bytes | None]
    account_ct: Mapped[bytes | None]
    wanted_ct: Mapped[bytes | None]
    contact_ct: Mapped[bytes | None]
    came_in_ct: Mapped[bytes | None]
    title = Sealed("title_ct")
    place = Sealed("place_ct")
    workplace = Sealed("workplace_ct")
    brands = Sealed("brands_ct")
    account = Sealed("account_ct")
    wanted = Sealed("wanted_ct")
    contact = Sealed("contact_ct")
    came_in = Sealed("came_in_ct")

    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"), index=True)
    filer_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    workers_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    coordinator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    filed_via: Mapped[FiledVia] = mapped_column(EnumText(FiledVia))

    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    danger_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    triaged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    targets_named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Verified and consented: from here the time to the first letter counts.
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_letter_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    news_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    news_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wake_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))
    publication_stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    possibly_coerced: Mapped[bool] = mapped_column(default=False)

    @property
    def goes_outward(self) -> bool:
        """Whether anything about it may leave the case team at all."""
        return self.verified_at is not None and self.stage in OUTWARD and self.stopped_at is None


class CaseTeamMember(Base):
    """An organisation that works on the case and therefore sees it."""

    __tablename__ = "case_team_member"

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class AppealReceipt(Base):
    """The way back for the filer. Only a keyed hash of the number is kept."""

    __tablename__ = "appeal_receipt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WrongReceipt(Base):
    """A wrong receipt number, counted under a keyed hash of the day and the caller that names nobody."""

    __tablename__ = "wrong_receipt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AppealMessage(Base):
    """A question, an answer, an addition or news between the filer and the team."""

    __tablename__ = "appeal_message"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    language: Mapped[str] = mapped_column(String(12))
    text_ct: Mapped[bytes | None]
    text = Sealed("text_ct")
    answers_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("appeal_message.id"))
    # Safety: never shown to the filer, whose phone may be in other hands.
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Evidence(Base):
    """A file somebody gave: its original is kept sealed and never changed."""

    __tablename__ = "evidence"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(EnumText(EvidenceKind))
    original: Mapped[str] = mapped_column(String(64))
    viewing_copy: Mapped[str] = mapped_column(String(64))
    caption_ct: Mapped[bytes | None]
    caption = Sealed("caption_ct")
    given_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clearance: Mapped[Audience] = mapped_column(EnumText(Audience))

    custody: Mapped[list[CustodyEntry]] = relationship(order_by="CustodyEntry.at")


class CustodyEntry(Base):
    """Who had a file in hand, and when."""

    __tablename__ = "custody_entry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"), index=True)
    act: Mapped[CustodyAct] = mapped_column(EnumText(CustodyAct))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TriageDecision(Base):
    """The three tests in writing, and the second person of another organisation who confirmed them."""

    __tablename__ = "triage_decision"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    choice: Mapped[TriageChoice] = mapped_column(EnumText(TriageChoice))
    genuine_ct: Mapped[bytes | None]
    wanted_ct: Mapped[bytes | None]
    useful_ct: Mapped[bytes | None]
    reason_ct: Mapped[bytes | None]
    genuine = Sealed("genuine_ct")
    wanted = Sealed("wanted_ct")
    useful = Sealed("useful_ct")
    # What the filer is told when the appeal is declined, and where else to go.
    reason = Sealed("reason_ct")
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Verification(Base):
    """A second source, asked by a second organisation."""

    __tablename__ = "verification"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    source_ct: Mapped[bytes | None]
    source = Sealed("source_ct")
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set when a reopened appeal has to be verified anew.
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Base):
    """One record of a yes or a no to one use, with who said it and how."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_appeal_id_use", "appeal_id", "use"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    use: Mapped[Use] = mapped_column(EnumText(Use))
    basis: Mapped[Basis] = mapped_column(EnumText(Basis))
    granted: Mapped[bool]
    giver_ct: Mapped[bytes | None]
    how_ct: Mapped[bytes | None]
    giver = Sealed("giver_ct")
    how = Sealed("how_ct")
    language: Mapped[str] = mapped_column(String(12))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    seconded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    seconded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def seconded(self) -> bool:
        """Whether a second person stands behind it."""
        return self.seconded_at is not None
