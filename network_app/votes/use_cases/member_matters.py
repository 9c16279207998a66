"""What coalitions decided about members takes effect: admitted, suspended, back (DOMAIN 0)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.queries import get_application, organisation_by_slug
from members.rules import ApplicationState, Evidence, OrganisationStatus
from members.use_cases.deciding import settle_by_votes
from members.use_cases.suspending import reinstate_organisation, suspend_organisation
from network_app.core.errors import Conflict, GateShut
from network_app.core.permissions import Actor
from network_app.votes.queries.member_matters import decided_matters


def settle_member_matters(session: Session) -> None:
    """Carry out every decision about a member that is complete; what lacks a vote waits, what was used stays used."""
    for (kind, key), decisions in decided_matters(session).items():
        try:
            _settle(session, kind, key, decisions)
        except (Conflict, GateShut):
            continue


def _settle(session: Session, kind: str, key: str, decisions: list[Evidence]) -> None:
    system = Actor.system()
    if kind == "admit":
        if get_application(session, key).state is ApplicationState.VOTE:
            settle_by_votes(session, system, ref=key, decisions=decisions)
        return
    organisation = organisation_by_slug(session, key)
    suspended = organisation.status is OrganisationStatus.SUSPENDED
    if kind == "suspend" and not suspended:
        suspend_organisation(session, system, organisation_id=organisation.id, decisions=decisions)
    elif kind == "reinstate" and suspended:
        reinstate_organisation(session, system, organisation_id=organisation.id, decisions=decisions)
