"""Claims about who buys where, for programs."""

from __future__ import annotations

from uuid import UUID

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Day, Input, LongLine, Made, ShortText, made
from network_app.pages.request import actor, db
from network_app.targets import queries
from network_app.targets.api.shown import Claim, api
from network_app.targets.rules import Confidence, Evidence, LinkState, Side, Stance
from network_app.targets.use_cases.sourcing import claim_sourcing, record_statement, review_link


class NewClaim(Input):
    """A claim that a brand buys at a workplace. Never name a worker: the whole network will read it."""

    target_id: UUID
    evidence: Evidence
    claim: ShortText
    first_seen: Day | None = None
    last_seen: Day | None = None
    confidence: Confidence = Confidence.MEDIUM
    source: LongLine


class NewStatement(Input):
    """What one side says to a claim."""

    said_by: Side
    stance: Stance
    text: ShortText
    said_on: Day | None = None
    ended_on: Day | None = None
    source: LongLine


class Review(Input):
    """A judgement on a claim, after looking at both sides."""

    state: LinkState
    note: ShortText
    ended_on: Day | None = None


@api.get(
    "/claims/<uuid:claim_id>",
    gives=Claim,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.link",
)
def show_claim(claim_id: UUID) -> Claim:
    """Read a claim with what each side says."""
    return Claim.of(queries.get_link(db(), claim_id))


@api.post(
    "/facilities/<ref>/claims",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewClaim,
    gives=Made,
    changes="show_facility",
    web="targets.claim",
)
def claim(ref: str, given: NewClaim) -> Made:
    """Claim that a brand buys at this workplace."""
    workplace = queries.get_facility(db(), ref)
    if not queries.is_target(db(), given.target_id):
        raise Invalid(lazy("There is no such target."), field="target_id")
    link = claim_sourcing(db(), actor(), facility_id=workplace.id, **given.model_dump())
    return made(f"/claims/{link.id}", id=link.id)


@api.post(
    "/claims/<uuid:claim_id>/statements",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewStatement,
    changes="show_claim",
    web="targets.add_statement",
)
def add_statement(claim_id: UUID, given: NewStatement) -> None:
    """Add what one side says."""
    record_statement(db(), actor(), link_id=claim_id, **given.model_dump())


@api.post(
    "/claims/<uuid:claim_id>/review",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=Review,
    changes="show_claim",
    web="targets.review",
)
def review(claim_id: UUID, given: Review) -> None:
    """Judge a claim, with a reason."""
    review_link(db(), actor(), link_id=claim_id, **given.model_dump())
