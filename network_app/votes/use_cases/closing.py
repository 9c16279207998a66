"""Closing a vote: the count, the statement with everything that stood against it, and the dissent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import GateShut, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind
from network_app.votes.messages import tell_closed
from network_app.votes.models import Proposal
from network_app.votes.queries import last_casts, proposal_by_ref, standing
from network_app.votes.rules import POSITIONS, State
from network_app.votes.rules.deciding import Decision
from network_app.votes.rules.positions import REVIEW_AFTER, TRANSITIONS
from network_app.votes.use_cases.resting import rest_the_silent


def close_vote(session: Session, actor: Actor, *, ref: str) -> Proposal:
    """Count a vote whose time has come, write its statement, tell everyone on the roll and let the silent rest.

    Closing it again changes nothing. Raises NotAllowed for anybody but the clock: no person ends a vote early or late;
    GateShut before the close.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
    proposal = lock(session, Proposal, proposal_by_ref(session, ref).id)
    if proposal.state is State.CLOSED:
        return proposal
    if State.CLOSED not in TRANSITIONS[proposal.state] or clock.fresh_now(session) < proposal.closes():
        raise GateShut(lazy("This vote is not at its close yet."))
    decision = standing(session, proposal)
    proposal.state = State.CLOSED
    proposal.review_on = (proposal.closes() + REVIEW_AFTER).date()
    proposal.statement = _statement(session, proposal, decision)
    audit.append(session, proposal.chain, {"act": "closed", "statement": proposal.statement})
    session.flush()
    rest_the_silent(session, proposal)
    audit.record(session, actor, "close_vote", proposal.ref, outcome=decision.word)
    tell_closed(session, proposal, decision)
    return proposal


def _statement(session: Session, proposal: Proposal, decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.word,
        "adopted": decision.adopted,
        "clauses": [clause.as_data() for clause in decision.clauses],
        "counts": asdict(decision.whole),
        "dissent": _dissent(session, proposal),
        "review_on": proposal.review_on.isoformat() if proposal.review_on else None,
    }


def _dissent(session: Session, proposal: Proposal) -> list[dict[str, Any]]:
    """Reservations, stand-asides and blocks with their reasons: they stay part of what was decided."""
    names = {entry.organisation_id: entry.name for entry in proposal.roll}
    return [
        {
            "voice": str(cast.voice),
            "name": names[cast.organisation_id],
            "position": cast.position.value,
            "reason": cast.reason,
            "ground": cast.ground.value if cast.ground else None,
        }
        for cast in last_casts(session, proposal).values()
        if POSITIONS[cast.position].needs_reason
    ]
