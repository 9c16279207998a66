"""The tables of proposals, of what was frozen when they opened, and of what was cast."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models import Organisation
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.votes.rules import Ground, Position, State


class Proposal(Base):
    """What is put to the vote, and, from its opening, the rule that was frozen with it."""

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_state_closes_at", "state", "closes_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    electorate: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str | None] = mapped_column(String(80))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[State] = mapped_column(EnumText(State), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    affected_countries: Mapped[list[str]] = mapped_column(JSON)
    written_consents: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    charter: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    active_organisations: Mapped[int] = mapped_column(default=0)
    close_moved: Mapped[bool] = mapped_column(default=False)
    reminded: Mapped[int] = mapped_column(default=0)

    statement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    review_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    texts: Mapped[list[ProposalText]] = relationship(order_by="ProposalText.language")
    roll: Mapped[list[RollEntry]] = relationship(order_by="RollEntry.place")

    @property
    def chain(self) -> str:
        """The name of the hash chain that is this vote's board."""
        return f"vote:{self.id}"

    @property
    def network(self) -> bool:
        """Whether the whole network decides, and not one coalition."""
        return self.electorate == "network"

    def opened(self) -> datetime:
        """When it opened; raises ValueError for a draft."""
        return _set(self.opened_at)

    def closes(self) -> datetime:
        """When it closes; raises ValueError for a draft."""
        return _set(self.closes_at)


class ProposalText(Base):
    """The proposal in one language. One of them is the authoritative one."""

    __tablename__ = "proposal_text"
    __table_args__ = (UniqueConstraint("proposal_id", "version", "language"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    authoritative: Mapped[bool]


class RollEntry(Base):
    """An organisation on the roll, frozen at the opening: what it later becomes changes nothing here.

    `voice` is the organisation under which its vote is counted: itself, or the first of its family.
    """

    __tablename__ = "roll_entry"
    __table_args__ = (UniqueConstraint("proposal_id", "organisation_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    place: Mapped[int]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    bloc: Mapped[str] = mapped_column(String(300))
    voice: Mapped[uuid.UUID]
    speaks: Mapped[bool]


class PollOption(Base):
    """One answer of one organisation's native poll.

    Safety: the id is random, so a poll answer itself says which organisation, vote and position it means, and nothing
    that a homeserver could change around it needs to be believed.
    """

    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("proposal_id", "version", "organisation_id", "position"),)

    answer_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    version: Mapped[int]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    position: Mapped[Position] = mapped_column(EnumText(Position))

    proposal: Mapped[Proposal] = relationship()


class Cast(Base):
    """One accepted cast, never changed: a later one of the same vote counts instead.

    `source_key` names the event that brought it (a form, a chat message, a poll answer), so that a repeated event
    casts nothing twice.
    """

    __tablename__ = "vote_cast"
    __table_args__ = (UniqueConstraint("proposal_id", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"))
    version: Mapped[int]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    voice: Mapped[uuid.UUID]
    position: Mapped[Position] = mapped_column(EnumText(Position))
    reason: Mapped[str] = mapped_column(Text, default="")
    ground: Mapped[Ground | None] = mapped_column(EnumText(Ground))
    via: Mapped[str] = mapped_column(String(8))
    source_key: Mapped[str] = mapped_column(String(300), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


def _set(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("a draft has no times")
    return moment
