"""From an idea to a vote: a campaign is launched by the members and by nobody else (DOMAIN 0)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from network_app.campaigns.models import Campaign, CampaignAppeal, CampaignDemand, CampaignTarget
from network_app.campaigns.rules import CampaignState, Change
from network_app.core import audit, clock
from network_app.core.db import new_id
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import new_ref
from network_app.core.texts import clean_text
from network_app.targets.queries import answering_company
from network_app.votes.models import Proposal
from network_app.votes.use_cases.opening import open_vote
from network_app.votes.use_cases.proposing import propose
from urgent_appeals.models import Appeal
from urgent_appeals.queries.case import case_audience, get_appeal


def propose_campaign(
    session: Session,
    actor: Actor,
    *,
    title: str,
    texts: Mapping[str, str],
    authoritative: str,
    electorate: str,
    target_ids: Sequence[uuid.UUID],
    demands: Sequence[tuple[Change, str]],
    appeal_refs: Sequence[str] = (),
    closes_at: datetime,
) -> Campaign:
    """Put a campaign to the vote of its electorate and open the vote.

    The countries of its cases are the affected ones. A sub-brand stands for the company that answers for it, once.
    Raises Invalid, NotFound for a case that the proposer may not know, and what opening a vote raises.
    """
    require(actor, Permission.PROPOSE)
    appeals = [_visible(session, actor, ref) for ref in appeal_refs]
    targets, asked = _targets(session, target_ids), _demands(demands)
    campaign_id, summary = new_id(), clean_text(texts.get(authoritative), "summary")
    proposal = propose(
        session,
        actor,
        title=title,
        electorate=electorate,
        texts=texts,
        authoritative=authoritative,
        affected_countries=sorted({appeal.country for appeal in appeals}),
        subject=f"campaign:{campaign_id}",
    )
    campaign = _campaign(session, actor, campaign_id, proposal, summary)
    campaign.targets, campaign.demands = targets, asked
    campaign.appeals = [CampaignAppeal(appeal_id=appeal.id) for appeal in appeals]
    session.add(campaign)
    session.flush()
    open_vote(session, actor, ref=proposal.ref, closes_at=closes_at)
    audit.record(session, actor, "propose_campaign", f"campaign:{campaign.id}", vote=proposal.ref)
    return campaign


def _campaign(session: Session, actor: Actor, campaign_id: uuid.UUID, proposal: Proposal, summary: str) -> Campaign:
    return Campaign(
        id=campaign_id,
        ref=new_ref(session, Campaign, "C"),
        title=proposal.title,
        summary=summary,
        state=CampaignState.PROPOSED,
        proposal_id=proposal.id,
        organisation_id=actor.own_organisation(),
        proposed_at=clock.now(session),
    )


def _targets(session: Session, target_ids: Sequence[uuid.UUID]) -> list[CampaignTarget]:
    companies = dict.fromkeys(answering_company(session, target_id).id for target_id in target_ids)
    if not companies:
        raise Invalid(lazy("Name at least one target."), field="targets")
    return [CampaignTarget(target_id=target_id, place=place) for place, target_id in enumerate(companies)]


def _demands(demands: Sequence[tuple[Change, str]]) -> list[CampaignDemand]:
    if not demands:
        raise Invalid(lazy("Write at least one demand."), field="demand")
    return [
        CampaignDemand(place=place, change=change, text=clean_text(text, "demand", longest=2000))
        for place, (change, text) in enumerate(demands)
    ]


def _visible(session: Session, actor: Actor, ref: str) -> Appeal:
    # Safety: the same sentence for a case that is not there and one that this person may not know of.
    unknown = Invalid(lazy("There is no such case, or it is not open to you."), field="cases")
    try:
        appeal = get_appeal(session, ref)
    except NotFound as missing:
        raise unknown from missing
    if case_audience(session, actor, appeal) is None:
        raise unknown
    return appeal
