"""Which cases ring now, who was rung already, and what rings for me."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from members.models import Person
from network_app.core import clock
from network_app.core.permissions import Actor, Permission, may
from urgent_appeals.models import Appeal, Ring, RingTaken
from urgent_appeals.queries.case import case_audience, get_appeal
from urgent_appeals.queries.queue import LIGHT
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.rings import SILENT, Alarm, alarms_of


@dataclass(frozen=True)
class Ringing:
    """A case with the alarms that nobody took yet, and who was rung about each."""

    appeal: Appeal
    alarms: list[Alarm]
    rung: dict[Alarm, list[Ring]] = field(default_factory=dict)


def ringing(session: Session, appeals: Iterable[Appeal] | None = None) -> list[Ringing]:
    """List the cases that ring now, of these or of all; those in danger first, then the oldest alarm."""
    now = clock.now(session)
    running = appeals if appeals is not None else session.scalars(_running()).all()
    found = {appeal.id: (appeal, alarms) for appeal in running if (alarms := alarms_of(appeal, now))}
    if not found:
        return []
    taken = {_named(row) for row in session.scalars(select(RingTaken).where(RingTaken.appeal_id.in_(found)))}
    rung: dict[tuple[uuid.UUID, Alarm], list[Ring]] = defaultdict(list)
    for ring in session.scalars(select(Ring).where(Ring.appeal_id.in_(found)).order_by(Ring.step)):
        rung[_named(ring)].append(ring)
    cases = []
    for key, (appeal, alarms) in found.items():
        untaken = [alarm for alarm in alarms if (key, alarm) not in taken]
        if untaken:
            cases.append(Ringing(appeal, untaken, {alarm: rung[key, alarm] for alarm in untaken}))
    return sorted(cases, key=lambda case: (case.appeal.clock, case.alarms[0].since, case.appeal.id))


def _running() -> Select[Appeal]:
    return select(Appeal).where(Appeal.stage.not_in(SILENT)).options(*LIGHT)


def _named(row: Ring | RingTaken) -> tuple[uuid.UUID, Alarm]:
    return row.appeal_id, Alarm(row.about, row.since)


@dataclass(frozen=True)
class RingView:
    """What somebody who was rung is shown. `in_team`: the case itself is open to them."""

    appeal: Appeal
    alarms: list[Alarm]
    in_team: bool
    takers: list[str]


def ring_view(session: Session, actor: Actor, ref: str) -> RingView | None:
    """Say what rings about a case to one who was rung about it, or works on it; None to everybody else."""
    appeal = get_appeal(session, ref)
    in_team = case_audience(session, actor, appeal) is Audience.CASE_TEAM and may(actor, Permission.TRIAGE_APPEAL)
    if not in_team and not was_rung(session, actor, appeal):
        return None
    cases = ringing(session, [appeal])
    takers = (
        select(Person.handle)
        .join(RingTaken, RingTaken.person_id == Person.id)
        .where(RingTaken.appeal_id == appeal.id)
        .distinct()
    )
    return RingView(
        appeal=appeal,
        alarms=cases[0].alarms if cases else [],
        in_team=in_team,
        # Safety: one who was only rung learns nothing of who works on the case.
        takers=sorted(session.scalars(takers)) if in_team else [],
    )


def was_rung(session: Session, actor: Actor, appeal: Appeal) -> bool:
    """Whether this person was rung about the case for the organisation they act for, and may still take it."""
    mine = select(Ring.id).where(
        Ring.appeal_id == appeal.id, Ring.person_id == actor.person_id, Ring.organisation_id == actor.organisation_id
    )
    return may(actor, Permission.TRIAGE_APPEAL) and session.scalar(mine.limit(1)) is not None


def rings_for(session: Session, actor: Actor) -> list[Ringing]:
    """List the cases that ring for this person and that nobody took yet."""
    if not may(actor, Permission.TRIAGE_APPEAL):
        return []
    mine = select(Ring.appeal_id).where(
        Ring.person_id == actor.person_id, Ring.organisation_id == actor.organisation_id
    )
    appeals = session.scalars(_running().where(Appeal.id.in_(mine))).all()
    if not appeals:
        return []
    return [
        case
        for case in ringing(session, appeals)
        if any(ring.person_id == actor.person_id for rings in case.rung.values() for ring in rings)
    ]
