"""What is asked about campaigns: which there are, where each target stands, and why a gate is shut."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from members.queries import coalition_ids_of
from network_app.campaigns.models import Campaign, CampaignAppeal, CampaignTarget
from network_app.campaigns.rules import CampaignState, Facts, Gate, all_open, gates, next_step
from network_app.core import clock
from network_app.core.db import get_by_ref
from network_app.core.errors import NotFound
from network_app.core.paging import Slice, page_of
from network_app.core.permissions import Actor, ActorKind, Permission, may
from network_app.letters.rules.states import LetterState, Step
from urgent_appeals.queries.case import consent_holds, is_verified
from urgent_appeals.rules.consent import Use


@dataclass(frozen=True)
class Rung:
    """One target of a campaign with what comes next for it."""

    row: CampaignTarget
    step: Step | None
    gates: tuple[Gate, ...]

    @property
    def open(self) -> bool:
        """Whether the next letter may be written now."""
        return self.step is not None and all_open(self.gates)


CAMPAIGNS_IN_ORDER = (Campaign.proposed_at.desc(), Campaign.ref)
_CAMPAIGNS = select(Campaign).options(selectinload(Campaign.organisation), selectinload(Campaign.proposal))


def campaigns(session: Session) -> Sequence[Campaign]:
    """List campaigns, the newest first."""
    return session.scalars(_CAMPAIGNS.order_by(*CAMPAIGNS_IN_ORDER)).all()


def campaigns_after(session: Session, *, after: str | None, size: int) -> Slice:
    """The same list from a place in it. Raises Invalid for no place."""
    return page_of(session, _CAMPAIGNS, *CAMPAIGNS_IN_ORDER, after=after, size=size, strict=True)


def campaign_by_ref(session: Session, ref: str) -> Campaign:
    """Load a campaign by its reference. Raises NotFound."""
    return get_by_ref(session, Campaign, ref)


def may_work_on(session: Session, actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor writes the next letters: for any organisation of the electorate that launched it (DOMAIN 6)."""
    if not may(actor, Permission.RUN_CAMPAIGN):
        return False
    if not actor.is_person or campaign.proposal.network:
        return True
    own = coalition_ids_of(session, actor.own_organisation())
    return campaign.proposal.electorate in {f"coalition:{coalition_id}" for coalition_id in own}


def may_steer(actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor rests or ends the ladder: for the organisation that proposed it, or as a coordinator.

    A coalition runs itself, so its own coordinators it is, and of a campaign of the network those of any coalition
    (DOMAIN 1); the secretariat serves and has no word of its own here.
    """
    if not may(actor, Permission.RUN_CAMPAIGN):
        return False
    if actor.kind is ActorKind.SYSTEM or actor.organisation_id == campaign.organisation_id:
        return True
    if campaign.proposal.network:
        return bool(actor.coordinates)
    return campaign.proposal.electorate in {f"coalition:{coalition_id}" for coalition_id in actor.coordinates}


def campaigns_awaiting_outcome(session: Session) -> Sequence[Campaign]:
    """List the campaigns whose vote may have closed."""
    return session.scalars(select(Campaign).where(Campaign.state == CampaignState.PROPOSED)).all()


def campaign_target(session: Session, campaign: Campaign, target_id: uuid.UUID) -> CampaignTarget:
    """Find a target's place in a campaign. Raises NotFound."""
    found = next((row for row in campaign.targets if row.target_id == target_id), None)
    if found is None:
        raise NotFound()
    return found


def rungs(session: Session, campaign: Campaign) -> list[Rung]:
    """Each target with its next step and the gates before it."""
    return [rung(session, campaign, row) for row in campaign.targets]


def rung(session: Session, campaign: Campaign, row: CampaignTarget) -> Rung:
    """What comes next for one target."""
    letter = row.letter if row.letter is not None and row.letter.state is not LetterState.RECALLED else None
    facts = Facts(
        launched=campaign.state is CampaignState.LAUNCHED,
        end=row.end,
        talks_until=row.talks_until,
        today=clock.now(session).date(),
        consented=_consented(session, campaign),
        last_step=letter.step if letter else None,
        last_state=letter.state if letter else None,
        mailbox_checked=letter is not None and letter.mailbox_checked_at is not None,
    )
    return Rung(row, next_step(facts.last_step), gates(facts))


def _consented(session: Session, campaign: Campaign) -> bool:
    return all(
        is_verified(session, case.appeal_id) and consent_holds(session, case.appeal_id, Use.NAME_TO_TARGET)
        for case in campaign.appeals
    )


def may_write_to(session: Session, campaign_id: uuid.UUID, target_id: uuid.UUID) -> bool:
    """Whether a letter of this campaign may still leave to this target: for gates.py, at the moment of sending."""
    chosen = (
        select(CampaignTarget.id)
        .join(Campaign)
        .where(
            Campaign.id == campaign_id,
            Campaign.state == CampaignState.LAUNCHED,
            CampaignTarget.target_id == target_id,
            CampaignTarget.end.is_(None),
        )
    )
    return session.scalar(chosen) is not None


def campaigns_of_appeal(session: Session, appeal_id: uuid.UUID) -> Sequence[Campaign]:
    """List the campaigns that a case is part of."""
    chosen = select(Campaign).join(CampaignAppeal).where(CampaignAppeal.appeal_id == appeal_id)
    return session.scalars(chosen.order_by(Campaign.proposed_at)).all()
