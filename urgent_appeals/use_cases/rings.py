"""Late promises ring: duty, then the deputy, then the next coalition, until somebody takes it (DOMAIN 1)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from members.queries.duty import home_coalitions, turns
from members.rules.duty import Answering, Turn, ring_order
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor
from urgent_appeals.messages.rings import ring_person, stop_ringing
from urgent_appeals.models import Appeal, Ring, RingTaken
from urgent_appeals.queries.case import case_audience, get_appeal
from urgent_appeals.queries.rings import Ringing, ring_view, ringing
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.rings import BETWEEN_RINGS, Alarm
from urgent_appeals.use_cases.opening import join_team
from urgent_appeals.use_cases.timeline import chain_of, write_timeline

# After an outage many ring at once; the rest follow in the next run.
CASES_AT_ONCE = 20


@dataclass(frozen=True)
class Call:
    """One person to be rung about one case, for one or more of its alarms."""

    case: Ringing
    alarms: list[Alarm]
    whom: Answering


def ring_out(session: Session, actor: Actor) -> int:
    """Ring the next person about each case whose time has come; returns how many were rung.

    However long nothing ran, each case rings one person now and the next one after the usual time.
    """
    return _ring(session, actor, ringing(session))


def ring_about(session: Session, actor: Actor, appeal: Appeal) -> int:
    """Ring about this case at once, in the transaction in which its danger began."""
    return _ring(session, actor, ringing(session, [appeal]))


def _ring(session: Session, actor: Actor, cases: Sequence[Ringing]) -> int:
    rosters = turns(session) if cases else []
    if not rosters:
        return 0
    now = clock.now(session)
    homes = home_coalitions(session, {case.appeal.country for case in cases})
    calls: list[Call] = []
    for case in cases:
        home = homes.get(case.appeal.country, frozenset())
        if len(calls) < CASES_AT_ONCE and next_call(case, rosters, home, now):
            # Read again behind the lock: somebody may just have taken it, or the filer reported a danger.
            held = ringing(session, [lock(session, Appeal, case.appeal.id)])
            calls += [call for again in held if (call := next_call(again, rosters, home, now))]
    # The chains of all cases are written before the audit: whoever waits for a case's chain must not hold the audit.
    entries = [_note(session, actor, call, now) for call in calls]
    for call, details in zip(calls, entries, strict=True):
        audit.record(session, actor, "appeal.rung", call.case.appeal.ref, **details)
        ring_person(session, call.case.appeal, call.alarms[0], call.whom.person.person_id)
    return len(calls)


def next_call(case: Ringing, rosters: list[Turn], home: frozenset[uuid.UUID], now: datetime) -> Call | None:
    """Whom to ring about a case now; None as long as the one rung last has time, or the next one is not at work."""
    appeal, danger = case.appeal, case.appeal.clock is Clock.DANGER
    due = [alarm for alarm in case.alarms if _time_has_come(case.rung[alarm], appeal.clock, now)]
    if not due:
        return None
    own = {appeal.filer_organisation_id, appeal.workers_organisation_id}
    for one in ring_order(rosters, home=home, language=appeal.language, danger=danger, moment=now):
        if one.person.organisation_id in own:
            continue
        alarms = [alarm for alarm in due if one.person.person_id not in _rung(case.rung[alarm])]
        if alarms:
            # On the harm clock it waits for this person's working hours, and does not pass them over.
            return Call(case, alarms, one) if danger or one.person.is_at_work(now) else None
    return None


def _time_has_come(rings: Sequence[Ring], running: Clock, now: datetime) -> bool:
    return not rings or now >= rings[-1].rung_at + BETWEEN_RINGS[running]


def _rung(rings: Iterable[Ring]) -> set[uuid.UUID]:
    return {ring.person_id for ring in rings}


def _note(session: Session, actor: Actor, call: Call, now: datetime) -> dict[str, str]:
    """Write down who is rung: a row for each alarm, and one entry in the case's timeline."""
    appeal, whom = call.case.appeal, call.whom
    for alarm in call.alarms:
        session.add(
            Ring(
                id=new_id(),
                appeal_id=appeal.id,
                about=alarm.about,
                since=alarm.since,
                step=len(call.case.rung[alarm]) + 1,
                person_id=whom.person.person_id,
                organisation_id=whom.person.organisation_id,
                coalition_id=whom.turn.coalition_id,
                role=whom.role,
                rung_at=now,
            )
        )
    session.flush()
    details = {
        "about": " ".join(alarm.about for alarm in call.alarms),
        "role": whom.role.value,
        "rung_person": str(whom.person.person_id),
        "rung_organisation": str(whom.person.organisation_id),
    }
    body = {"act": "rung", "audience": Audience.CASE_TEAM.value, "kind": actor.kind.value}
    audit.append(session, chain_of(appeal), {**body, "organisation": None, "person": None, **details})
    return details


def take_ring(session: Session, actor: Actor, *, ref: str) -> Appeal:
    """Take on what rings about a case: it rings nobody else, and my organisation works on the case from now on.

    Raises NotFound for anybody who was not rung and does not work on it, Conflict if it rings no more.
    """
    view = ring_view(session, actor, ref)
    if view is None:
        raise NotFound()
    appeal = lock(session, Appeal, get_appeal(session, ref).id)
    clock.fresh_now(session)
    cases = ringing(session, [appeal])
    if not cases:
        raise Conflict(lazy("It rings no more: somebody took it, or it is done."))
    for alarm in cases[0].alarms:
        session.add(
            RingTaken(
                appeal_id=appeal.id,
                about=alarm.about,
                since=alarm.since,
                person_id=actor.own_person(),
                organisation_id=actor.own_organisation(),
                taken_at=clock.now(session),
            )
        )
    session.flush()
    if case_audience(session, actor, appeal) is not Audience.CASE_TEAM or appeal.coordinator_id is None:
        join_team(session, appeal, actor.own_organisation())
    appeal.coordinator_id = appeal.coordinator_id or actor.own_person()
    write_timeline(session, actor, appeal, "ring_taken", about=" ".join(alarm.about for alarm in cases[0].alarms))
    stop_ringing(session, appeal)
    return appeal
