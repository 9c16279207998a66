"""Who is told what about a campaign."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.messages import tell_organisation
from network_app.campaigns.models import Campaign
from network_app.core.config import current


def tell_launched(session: Session, campaign: Campaign) -> None:
    """Tell every organisation on the roll that the campaign runs, and where the work is."""
    values = {
        "ref": campaign.ref,
        "title": campaign.title,
        "link": f"{current().public_url}/campaigns/{campaign.ref}",
    }
    for entry in campaign.proposal.roll:
        key = f"campaign:{campaign.id}:launched:{entry.organisation_id}"
        tell_organisation(session, entry.organisation_id, key=key, template="campaign_launched", values=values)
