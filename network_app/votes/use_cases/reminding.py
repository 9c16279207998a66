"""Reminding those who have not cast, at half and at nine tenths of the time, and nobody else."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Actor, ActorKind
from network_app.votes.messages import remind_silent
from network_app.votes.models import Proposal
from network_app.votes.queries import proposal_by_ref
from network_app.votes.rules import State
from network_app.votes.rules.positions import REMIND_AT, reminders_due


def remind_silent_voters(session: Session, actor: Actor, *, ref: str) -> int:
    """Send the latest reminder that is due to the silent; returns how many organisations got one.

    After an outage only the last one is sent. Raises NotAllowed for anybody but the clock.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
    proposal = lock(session, Proposal, proposal_by_ref(session, ref).id)
    now = clock.fresh_now(session)
    if proposal.state is not State.OPEN or now >= proposal.closes():
        return 0
    due = reminders_due(proposal.opened(), proposal.closes(), now)
    if due <= proposal.reminded:
        return 0
    proposal.reminded = due
    told = remind_silent(session, proposal, due)
    audit.record(session, actor, "remind_silent_voters", proposal.ref, number=due, of=len(REMIND_AT), told=told)
    return told
