"""Reads about proposals: which there are, who is on a roll, whose mandate holds, what a poll's answer means."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session, selectinload

from members.models import Mandate, Person
from members.queries.people import held_at
from network_app.core import clock
from network_app.core.db import get, get_by_ref
from network_app.core.permissions import Actor, Duty
from network_app.votes.models import PollOption, Proposal, RollEntry
from network_app.votes.rules import Position, State


def proposal_by_ref(session: Session, ref: str) -> Proposal:
    """Load a proposal by its reference. Raises NotFound."""
    return get_by_ref(session, Proposal, ref)


def get_proposal(session: Session, proposal_id: uuid.UUID) -> Proposal:
    """Load a proposal. Raises NotFound."""
    return get(session, Proposal, proposal_id)


OPEN_FIRST = case((Proposal.state == State.OPEN, 0), (Proposal.state == State.DRAFT, 1), else_=2)
CLOSES_NEXT = case((Proposal.state == State.OPEN, Proposal.closes_at))
CLOSED_LAST = case((Proposal.state == State.CLOSED, Proposal.closes_at))
# The open votes, the soonest close on top; drafts; closed ones, the latest first.
VOTES_IN_ORDER = (OPEN_FIRST, CLOSES_NEXT, CLOSED_LAST.desc(), Proposal.created_at.desc(), Proposal.ref)


def chosen_votes(organisation_id: uuid.UUID | None, *, text: str = "", state: str = "") -> Select[Proposal]:
    """The votes that an organisation may see, its own drafts among them, in no order yet."""
    visible = or_(Proposal.state != State.DRAFT, Proposal.organisation_id == organisation_id)
    chosen = select(Proposal).where(visible).options(selectinload(Proposal.organisation))
    if text:
        named = Proposal.title.icontains(text, autoescape=True)
        chosen = chosen.where(or_(named, Proposal.ref.contains(text.upper(), autoescape=True)))
    if state in set(State):
        chosen = chosen.where(Proposal.state == State(state))
    return chosen


def votes_due(session: Session, now: datetime) -> Sequence[Proposal]:
    """List the open votes whose close has passed."""
    due = select(Proposal).where(Proposal.state == State.OPEN, Proposal.closes_at <= now)
    return session.scalars(due.order_by(Proposal.closes_at, Proposal.ref)).all()


def votes_running(session: Session, now: datetime) -> Sequence[Proposal]:
    """List the open votes whose close is still to come."""
    running = select(Proposal).where(Proposal.state == State.OPEN, Proposal.closes_at > now)
    return session.scalars(running.order_by(Proposal.closes_at, Proposal.ref)).all()


def roll_entry(session: Session, proposal_id: uuid.UUID, organisation_id: uuid.UUID | None) -> RollEntry | None:
    """Find an organisation's place on a roll."""
    chosen = select(RollEntry).where(RollEntry.proposal_id == proposal_id, RollEntry.organisation_id == organisation_id)
    return session.scalar(chosen)


def own_entries(session: Session, organisation_id: uuid.UUID | None) -> dict[uuid.UUID, RollEntry]:
    """Find an organisation's places on all rolls, by proposal."""
    rows = session.scalars(select(RollEntry).where(RollEntry.organisation_id == organisation_id))
    return {entry.proposal_id: entry for entry in rows}


def speakers(proposal: Proposal, voice: uuid.UUID) -> list[RollEntry]:
    """List the organisations that may cast this one vote: one, or the affiliates of a family."""
    return [entry for entry in proposal.roll if entry.voice == voice and entry.speaks]


def vote_mandate(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, now: datetime) -> Mandate | None:
    """Find and hold the vote mandate in force at `now`; a frozen person has none.

    Safety: the rows are held until the cast commits, so that no mandate is ended and used at the same moment.
    """
    held = (
        select(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.person_id == person_id, Mandate.organisation_id == organisation_id)
        .where(Mandate.duty == Duty.VOTE, held_at(now), Person.frozen_at.is_(None))
        .order_by(Mandate.since)
        .limit(1)
    )
    return session.scalar(held.with_for_update(read=True), execution_options={"populate_existing": True})


def once_voted_for(session: Session, actor: Actor) -> bool:
    """Say whether this person held the vote of the organisation they act for, and holds it no more."""
    once = select(Mandate.id).where(
        Mandate.person_id == actor.person_id,
        Mandate.organisation_id == actor.organisation_id,
        Mandate.duty == Duty.VOTE,
        Mandate.until <= clock.now(session),
    )
    return session.scalar(once.limit(1)) is not None


def poll_option(session: Session, answer_id: str) -> PollOption | None:
    """Find what a native poll's answer means."""
    return session.get(PollOption, answer_id)


def poll_options(session: Session, proposal: Proposal, organisation_id: uuid.UUID) -> Sequence[PollOption]:
    """List the answers of an organisation's poll, in the order of the positions."""
    chosen = select(PollOption).where(
        PollOption.proposal_id == proposal.id,
        PollOption.version == proposal.version,
        PollOption.organisation_id == organisation_id,
    )
    order = list(Position)
    return sorted(session.scalars(chosen), key=lambda option: order.index(option.position))
