"""Who does not answer is warned twice and then rests, off the next rolls, until one word brings it back (DOMAIN 4)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.queries import get_organisation
from members.rules import OrganisationStatus
from members.use_cases.standing import make_dormant
from network_app.core.permissions import Actor
from network_app.votes.messages import warn_silent
from network_app.votes.models import Proposal
from network_app.votes.queries.silence import SILENT_VOTES, silent_in_a_row


def rest_the_silent(session: Session, proposal: Proposal) -> None:
    """At the close of a vote: warn who was silent in it, and let rest who was silent in its last three."""
    # In one order, so that two closes at once never wait for each other.
    for organisation_id, silent in sorted(silent_in_a_row(session, proposal).items()):
        if get_organisation(session, organisation_id).status is not OrganisationStatus.ACTIVE:
            continue
        if silent >= SILENT_VOTES:
            make_dormant(session, Actor.system(), organisation_id=organisation_id)
        else:
            warn_silent(session, proposal, organisation_id, silent)
