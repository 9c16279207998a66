"""The workers' second brake, and the ways on from it: everything stops, rests, goes on or is taken back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_text
from urgent_appeals.messages.intake import tell_team
from urgent_appeals.rules.clocks import possibly_coerced
from urgent_appeals.rules.stages import UNVERIFIED, Stage
from urgent_appeals.use_cases.opening import open_case, own_case
from urgent_appeals.use_cases.talking import write_note
from urgent_appeals.use_cases.timeline import move_stage, write_timeline


def ask_to_stop(session: Session, actor: Actor) -> None:
    """Let the filer ask to stop everything. The team confirms by a second channel, because phones are seized."""
    appeal = own_case(session, actor)
    now = clock.now(session)
    appeal.possibly_coerced = appeal.possibly_coerced or possibly_coerced(appeal.danger_at, now)
    write_timeline(session, actor, appeal, "stop_asked")
    tell_team(session, appeal, event=f"stop-asked:{now.isoformat()}", template="appeal_stop_asked")


def take_back(session: Session, actor: Actor) -> None:
    """Let the filer take the appeal back while nobody outside the team knows of it. Raises Conflict later on."""
    appeal = own_case(session, actor)
    if appeal.stage not in UNVERIFIED:
        raise Conflict(lazy("Others are acting already. Ask to stop everything, and we will speak with you."))
    move_stage(session, actor, appeal, Stage.WITHDRAWN)
    write_timeline(session, actor, appeal, "taken_back")
    tell_team(session, appeal, event="taken-back", template="appeal_braked")


def stop_everything(session: Session, actor: Actor, *, ref: str, how: str) -> None:
    """Stop all of it, after the workers said so through a second channel, which `how` names. Raises Conflict."""
    words = clean_text(how, "how", longest=2000)
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    now = clock.now(session)
    appeal.stopped_at = appeal.publication_stopped_at = now
    appeal.possibly_coerced = appeal.possibly_coerced or possibly_coerced(appeal.danger_at, now)
    move_stage(session, actor, appeal, Stage.PAUSED_BY_WORKERS)
    write_note(session, actor, appeal, words)
    write_timeline(session, actor, appeal, "stopped")
    tell_team(session, appeal, event=f"stopped:{now.isoformat()}", template="appeal_braked")


def resume_appeal(session: Session, actor: Actor, *, ref: str, how: str) -> None:
    """Go on where it stood, after the workers said so through a second channel. Publication stays stopped."""
    words = clean_text(how, "how", longest=2000)
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    if appeal.stage_before is None:
        raise Conflict(lazy("This appeal is not paused."))
    appeal.stopped_at = None
    move_stage(session, actor, appeal, appeal.stage_before)
    write_note(session, actor, appeal, words)
    write_timeline(session, actor, appeal, "resumed")
