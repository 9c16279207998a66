"""Closing a case on the workers' word, and on nobody else's (DOMAIN 0, 3)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict
from network_app.core.permissions import Actor, ActorKind
from network_app.core.texts import clean_text
from urgent_appeals.messages.calls import tell_closed
from urgent_appeals.models import Appeal, Demand
from urgent_appeals.queries.leverage import live_calls
from urgent_appeals.rules.audiences import Audience, MessageKind
from urgent_appeals.rules.demands import check_outcome
from urgent_appeals.rules.stages import Outcome, Stage
from urgent_appeals.use_cases.choosing import chosen
from urgent_appeals.use_cases.remedy import lock_for_workers
from urgent_appeals.use_cases.talking import write_message
from urgent_appeals.use_cases.timeline import move_stage, write_timeline


def close_appeal(session: Session, actor: Actor, *, ref: str, outcome: Outcome | str, word: str = "") -> Appeal:
    """Close a case with what the workers say came of it, in their `word`, and tell exactly those who were asked.

    Raises NotFound for who does not speak for the workers, Conflict for `full` while a charge stands or a sum is open,
    and where the stage does not allow it.
    """
    appeal = lock_for_workers(session, actor, ref)
    result = chosen(Outcome, outcome, "outcome")
    refusal = check_outcome(result, session.scalars(select(Demand).where(Demand.appeal_id == appeal.id)))
    if refusal is not None:
        raise Conflict(refusal)
    said = clean_text(word, "word", longest=4000, required=False)
    if said:
        kind = MessageKind.ADDITION if actor.kind is ActorKind.FILER else MessageKind.NOTE
        write_message(session, actor, appeal, kind, said)
    move_stage(session, actor, appeal, Stage.CLOSED, audience=Audience.NETWORK)
    appeal.outcome, appeal.closed_at = result, clock.now(session)
    write_timeline(session, actor, appeal, "closed", audience=Audience.NETWORK, outcome=result.value)
    for call in live_calls(session, appeal.id).values():
        tell_closed(session, appeal, call, result)
    return appeal
