"""What follows from a closed vote: an adopted campaign runs, any other does not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.campaigns.messages import tell_launched
from network_app.campaigns.models import Campaign
from network_app.campaigns.queries import campaigns_awaiting_outcome
from network_app.campaigns.rules import CampaignState
from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.permissions import Actor
from network_app.votes.queries import outcome


def sweep_adopted(session: Session) -> None:
    """Launch what the members adopted and put aside what they did not."""
    for campaign in campaigns_awaiting_outcome(session):
        decided = outcome(session, campaign.proposal_id)
        if decided is not None:
            settle_campaign(session, Actor.system(), campaign=campaign, adopted=decided.adopted)


def settle_campaign(session: Session, actor: Actor, *, campaign: Campaign, adopted: bool) -> None:
    """Let the outcome of the vote take effect, once."""
    row = lock(session, Campaign, campaign.id)
    if row.state is not CampaignState.PROPOSED:
        return
    row.state = CampaignState.LAUNCHED if adopted else CampaignState.NOT_ADOPTED
    row.launched_at = clock.now(session) if adopted else None
    audit.record(session, actor, "settle_campaign", f"campaign:{row.id}", adopted=adopted)
    if adopted:
        tell_launched(session, row)
