"""Taking a case in hand: who may, and nobody else changes it meanwhile."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import lock
from network_app.core.errors import NotFound
from network_app.core.permissions import Actor, ActorKind, Permission, require
from urgent_appeals.models import Appeal, CaseTeamMember
from urgent_appeals.queries.case import case_audience, get_appeal
from urgent_appeals.rules.audiences import Audience


def open_case(session: Session, actor: Actor, ref: str, permission: Permission) -> Appeal:
    """The appeal, locked, for somebody of its case team. Raises NotAllowed or NotFound, which look the same outside."""
    require(actor, permission)
    appeal = get_appeal(session, ref)
    if case_audience(session, actor, appeal) is not Audience.CASE_TEAM:
        raise NotFound()
    return lock(session, Appeal, appeal.id)


def own_case(session: Session, actor: Actor) -> Appeal:
    """The filer's own appeal, locked. Raises NotFound for anybody but the holder of its receipt."""
    if actor.kind is not ActorKind.FILER or actor.appeal_id is None:
        raise NotFound()
    return lock(session, Appeal, actor.appeal_id)


def join_team(session: Session, appeal: Appeal, organisation_id: uuid.UUID) -> None:
    """From now on this organisation works on the case and sees it."""
    if session.get(CaseTeamMember, (appeal.id, organisation_id)) is None:
        session.add(CaseTeamMember(appeal_id=appeal.id, organisation_id=organisation_id, since=clock.now(session)))
        session.flush()
