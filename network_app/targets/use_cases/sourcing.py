"""Claims about who buys where, what each side says to them, and how a person reviews them."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_line, clean_text
from network_app.targets.models import LinkStatement, SourcingLink
from network_app.targets.queries import get_facility, get_target
from network_app.targets.rules import REVIEW_STEPS, Confidence, Evidence, LinkState, Side, Stance


def claim_sourcing(
    session: Session,
    actor: Actor,
    *,
    target_id: uuid.UUID,
    facility_id: uuid.UUID,
    evidence: Evidence,
    claim: str,
    source: str,
    confidence: Confidence = Confidence.MEDIUM,
    first_seen: dt.date | None = None,
    last_seen: dt.date | None = None,
) -> SourcingLink:
    """Claim that a brand sources or sourced at a workplace; it waits for review (DOMAIN 2).

    Raises Invalid for an empty claim or source and for days in the wrong order.
    """
    # Safety: a claim is read by the whole network, so it says "workers testify" and never which worker.
    require(actor, Permission.MANAGE_TARGETS)
    if first_seen and last_seen and last_seen < first_seen:
        raise Invalid(lazy("The last day cannot be before the first."), field="last_seen")
    link = SourcingLink(
        id=new_id(),
        target=get_target(session, target_id),
        facility=get_facility(session, facility_id),
        evidence=Evidence(evidence),
        claim=clean_text(claim, "claim", longest=2_000),
        first_seen=first_seen,
        last_seen=last_seen,
        confidence=Confidence(confidence),
        source=clean_line(source, "source", longest=500),
        claimed_at=clock.now(session),
    )
    session.add(link)
    session.flush()
    audit.record(session, actor, "claim_sourcing", str(link.id), evidence=link.evidence.value)
    return link


def record_statement(
    session: Session,
    actor: Actor,
    *,
    link_id: uuid.UUID,
    said_by: Side,
    stance: Stance,
    text: str,
    said_on: dt.date | None = None,
    ended_on: dt.date | None = None,
    source: str = "",
) -> LinkStatement:
    """Add what one side says about a claim. Nothing said before is changed, and the state is left to a review."""
    require(actor, Permission.MANAGE_TARGETS)
    link = lock(session, SourcingLink, link_id)
    earlier = session.scalar(select(func.count()).where(LinkStatement.link_id == link.id)) or 0
    statement = LinkStatement(
        id=new_id(),
        link=link,
        nr=earlier + 1,
        said_by=Side(said_by),
        stance=Stance(stance),
        text=clean_text(text, "text", longest=2_000),
        said_on=said_on,
        ended_on=ended_on if stance is Stance.SAYS_ENDED else None,
        source=clean_line(source, "source", longest=500, required=False),
        recorded_at=clock.now(session),
    )
    session.add(statement)
    session.flush()
    audit.record(session, actor, "record_statement", str(link.id), said_by=said_by.value, stance=stance.value)
    return statement


def record_brand_statement(
    session: Session,
    actor: Actor,
    *,
    link_id: uuid.UUID,
    text: str,
    said_on: dt.date | None,
    stance: Stance = Stance.DENIES,
    ended_on: dt.date | None = None,
    source: str = "",
) -> LinkStatement:
    """Keep what the brand answers to a claim: it denies it, says it has ended, or says it is so."""
    return record_statement(
        session,
        actor,
        link_id=link_id,
        said_by=Side.BRAND,
        stance=stance,
        text=text,
        said_on=said_on,
        ended_on=ended_on,
        source=source,
    )


def review_link(
    session: Session,
    actor: Actor,
    *,
    link_id: uuid.UUID,
    state: LinkState,
    note: str,
    ended_on: dt.date | None = None,
) -> SourcingLink:
    """Judge a claim after looking at both sides, with a reason.

    Raises Conflict for a step that the review table does not have, Invalid without a reason.
    """
    require(actor, Permission.MANAGE_TARGETS)
    link = lock(session, SourcingLink, link_id)
    if state not in REVIEW_STEPS[link.state]:
        raise Conflict(lazy("This claim has that state already, or somebody reviewed it just now."), field="state")
    before = link.state
    link.review_note = clean_text(note, "note", longest=2_000)
    link.state = state
    link.ended_on = ended_on if state is LinkState.ENDED else None
    link.reviewed_at = clock.now(session)
    audit.record(session, actor, "review_link", str(link.id), before=before.value, after=state.value)
    return link
