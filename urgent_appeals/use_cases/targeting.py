"""Naming whom an appeal tries to move: through a sourcing claim, or by hand with the reason said."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_line
from network_app.targets.queries import get_link, get_target
from urgent_appeals.models import Appeal, AppealTarget
from urgent_appeals.use_cases.opening import open_case
from urgent_appeals.use_cases.talking import write_note
from urgent_appeals.use_cases.timeline import write_timeline


def name_target(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    target_id: uuid.UUID,
    link_id: uuid.UUID | None = None,
    reason: str = "",
) -> AppealTarget:
    """Name a target of the case: with the sourcing claim that ties it to the workplace, or with a reason.

    Raises Conflict if it is named already, Invalid without a claim and a reason, NotFound for an unknown target.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    target = get_target(session, target_id)
    if find_named(session, appeal, target_id) is not None:
        raise Conflict(lazy("%(name)s is named already.") % {"name": target.name})
    if link_id is not None:
        _check_link(session, appeal, target_id, link_id)
    named = AppealTarget(
        appeal_id=appeal.id,
        target_id=target_id,
        sourcing_link_id=link_id,
        reason=clean_line(reason, "reason", longest=300, required=link_id is None),
        named_by_person_id=actor.person_id,
        named_by_organisation_id=actor.organisation_id,
        named_at=clock.now(session),
    )
    session.add(named)
    session.flush()
    appeal.targets_named_at = appeal.targets_named_at or named.named_at
    write_timeline(session, actor, appeal, "target_named", target=str(target_id), link=str(link_id or ""))
    return named


def drop_target(session: Session, actor: Actor, *, ref: str, target_id: uuid.UUID, reason: str) -> None:
    """Let go of a target that was named by mistake; the timeline keeps that it was named. Raises NotFound."""
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    named = find_named(session, appeal, target_id)
    if named is None:
        raise NotFound()
    why = clean_line(reason, "reason", longest=300)
    session.delete(named)
    write_note(session, actor, appeal, why)
    write_timeline(session, actor, appeal, "target_dropped", target=str(target_id))


def note_first_letter(session: Session, actor: Actor, *, appeal_id: uuid.UUID, sent_at: datetime) -> None:
    """Mark that a first letter about the case has left, which ends that promise."""
    appeal = lock(session, Appeal, appeal_id)
    if appeal.first_letter_at is None:
        appeal.first_letter_at = sent_at
        write_timeline(session, actor, appeal, "first_letter")


def find_named(session: Session, appeal: Appeal, target_id: uuid.UUID) -> AppealTarget | None:
    """The target of this case, if it was named."""
    return session.scalar(
        select(AppealTarget).where(AppealTarget.appeal_id == appeal.id, AppealTarget.target_id == target_id)
    )


def _check_link(session: Session, appeal: Appeal, target_id: uuid.UUID, link_id: uuid.UUID) -> None:
    link = get_link(session, link_id)
    if link.target_id != target_id or link.facility_id != appeal.facility_id:
        raise Invalid(lazy("This claim is about another company or another workplace."), field="link")
