"""The tables of campaigns: what is asked of whom, for which cases, and how far up the ladder each target is."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from members.models import Organisation
from network_app.campaigns.rules import CampaignState, Change, End
from network_app.core.db import Base, EnumText, UtcDateTime, new_id
from network_app.letters.models import Letter
from network_app.targets.models import Target
from network_app.votes.models import Proposal
from urgent_appeals.models import Appeal


class Campaign(Base):
    """A campaign, from its proposal to its end."""

    __tablename__ = "campaign"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    state: Mapped[CampaignState] = mapped_column(EnumText(CampaignState), index=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"), unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    launched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    proposal: Mapped[Proposal] = relationship()
    organisation: Mapped[Organisation] = relationship()
    targets: Mapped[list[CampaignTarget]] = relationship(back_populates="campaign", order_by="CampaignTarget.place")
    demands: Mapped[list[CampaignDemand]] = relationship(order_by="CampaignDemand.place")
    appeals: Mapped[list[CampaignAppeal]] = relationship()


class CampaignTarget(Base):
    """One target of a campaign and its place on the ladder."""

    __tablename__ = "campaign_target"
    __table_args__ = (UniqueConstraint("campaign_id", "target_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("target.id"), index=True)
    place: Mapped[int]
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id"))
    talks_until: Mapped[date | None]
    end: Mapped[End | None] = mapped_column(EnumText(End))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship(back_populates="targets")
    target: Mapped[Target] = relationship()
    letter: Mapped[Letter | None] = relationship()


class CampaignDemand(Base):
    """One thing that is asked of the targets."""

    __tablename__ = "campaign_demand"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    place: Mapped[int]
    change: Mapped[Change] = mapped_column(EnumText(Change))
    text: Mapped[str] = mapped_column(Text)


class CampaignAppeal(Base):
    """A case that the campaign is for."""

    __tablename__ = "campaign_appeal"

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), primary_key=True)

    appeal: Mapped[Appeal] = relationship()
