"""The case's own record of everything that happened: hash-chained, append-only, ids and states only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.permissions import Actor
from urgent_appeals.models import Appeal
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.stages import Stage, next_stage


def chain_of(appeal: Appeal) -> str:
    """The name of the case's chain."""
    return f"appeal:{appeal.id}"


def write_timeline(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    act: str,
    *,
    audience: Audience = Audience.CASE_TEAM,
    **details: Any,
) -> None:
    """Write into the case's timeline and into the audit what was done. Details are ids, states and counts only."""
    # Safety: no names and no texts; a chain is never changed, so what stands in it cannot be taken back.
    body = {
        "act": act,
        "audience": audience.value,
        "kind": actor.kind.value,
        "organisation": str(actor.organisation_id) if actor.organisation_id else None,
        "person": str(actor.person_id) if actor.person_id else None,
        **{
            name: value if isinstance(value, int | list | dict | None) else str(value)
            for name, value in details.items()
        },
    }
    audit.append(session, chain_of(appeal), body)
    audit.record(session, actor, f"appeal.{act}", appeal.ref, **details)


def move_stage(
    session: Session, actor: Actor, appeal: Appeal, wanted: Stage, *, audience: Audience = Audience.CASE_TEAM
) -> None:
    """Move the appeal along the transition table. Raises Conflict or GateShut, see rules.stages.next_stage."""
    before = appeal.stage
    reached = next_stage(before, wanted, verified=appeal.verified_at is not None, before=appeal.stage_before)
    appeal.stage = reached
    appeal.stage_before = before if reached in (Stage.PAUSED_BY_WORKERS, Stage.DORMANT) else None
    write_timeline(session, actor, appeal, "stage", audience=audience, before=before.value, now=reached.value)
