"""Late promises ring people who can answer, in order, each once, until somebody takes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.models import Person
from members.use_cases.duty import be_away, be_back, end_turn
from members.use_cases.freezing import freeze_person
from network_app.core import audit, schedule
from network_app.core import clock as the_clock
from network_app.core.errors import Conflict, NotFound
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.duty import DUTIES, Roster, make_roster
from tests.factories.members import actor_of, make_actor, make_organisation, make_person
from tests.factories.urgent_appeals import make_appeal
from urgent_appeals.jobs import ring_the_next
from urgent_appeals.models import Appeal, Ring
from urgent_appeals.queries.case import case_audience
from urgent_appeals.queries.rings import rings_for
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.rings import BETWEEN_RINGS, NEW_DANGER
from urgent_appeals.use_cases.rings import ring_out, take_ring

SYSTEM = Actor.system()
A_WHILE = BETWEEN_RINGS[Clock.DANGER]


def rung(session: Session, about: str = NEW_DANGER) -> list[str]:
    """The handles of those who were rung, in order."""
    rows = select(Person.handle).join(Ring, Ring.person_id == Person.id).where(Ring.about == about)
    return list(session.scalars(rows.order_by(Ring.rung_at, Ring.step)))


def handles(*people: Person) -> list[str]:
    return [person.handle for person in people]


def messages(session: Session) -> Sequence[Outgoing]:
    return session.scalars(select(Outgoing).where(Outgoing.template == "duty_ring")).all()


@pytest.fixture
def roster(session: Session, clock: MovableClock) -> Roster:
    """A roster at home in Cambodia."""
    return make_roster(session)


def test_a_new_danger_rings_duty_at_once_and_only_once(session: Session, roster: Roster) -> None:
    make_appeal(session, clock="danger")
    assert rung(session) == handles(roster.person)
    assert ring_out(session, SYSTEM) == 0
    assert {row.recipient for row in messages(session)} == {roster.person.email}


def test_a_new_harm_rings_nobody(session: Session, roster: Roster) -> None:
    make_appeal(session)
    assert ring_out(session, SYSTEM) == 0


def test_the_silent_are_followed_by_the_deputy_and_then_by_the_next_coalition(
    session: Session, clock: MovableClock, roster: Roster
) -> None:
    far = make_roster(session, country="DE")
    make_appeal(session, clock="danger")
    for _ in range(6):
        clock.move(A_WHILE)
        ring_out(session, SYSTEM)
    assert rung(session) == handles(roster.person, roster.deputy, far.person, far.deputy)


def test_an_outage_makes_up_for_no_steps_at_once(session: Session, clock: MovableClock, roster: Roster) -> None:
    make_appeal(session, clock="danger")
    clock.move(timedelta(hours=9))
    assert [ring_out(session, SYSTEM), ring_out(session, SYSTEM)] == [1, 0]


def test_who_takes_it_ends_the_ringing_and_has_the_case(session: Session, clock: MovableClock, roster: Roster) -> None:
    appeal = make_appeal(session, clock="danger")
    take_ring(session, actor_of(session, roster.person), ref=appeal.ref)
    clock.move(A_WHILE)
    assert ring_out(session, SYSTEM) == 0
    assert appeal.coordinator_id == roster.person.id
    acts = [link.body["act"] for link in audit.links(session, f"appeal:{appeal.id}")]
    assert acts[-2:] == ["rung", "ring_taken"]
    assert {row.state for row in messages(session)} == {State.RECALLED}
    with pytest.raises(Conflict):
        take_ring(session, actor_of(session, roster.person), ref=appeal.ref)


def test_the_next_coalition_sees_the_case_only_after_it_took_it(
    session: Session, clock: MovableClock, roster: Roster
) -> None:
    far = make_roster(session, country="DE")
    appeal = make_appeal(session, clock="danger")
    helper = actor_of(session, far.person)
    with pytest.raises(NotFound):
        take_ring(session, helper, ref=appeal.ref)
    for _ in range(2):
        clock.move(A_WHILE)
        ring_out(session, SYSTEM)
    assert case_audience(session, helper, appeal) is None and rings_for(session, helper)
    take_ring(session, helper, ref=appeal.ref)
    assert case_audience(session, helper, appeal) is Audience.CASE_TEAM and not rings_for(session, helper)


@pytest.mark.parametrize("why", ["away", "frozen", "mandate", "off"])
def test_who_cannot_answer_is_never_rung(session: Session, clock: MovableClock, roster: Roster, why: str) -> None:
    person = actor_of(session, roster.person)
    today = the_clock.now(session).date()
    if why == "away":
        be_away(session, person, away_from=today - timedelta(days=1), away_until=today + timedelta(days=1))
    elif why == "frozen":
        freeze_person(session, actor_of(session, roster.deputy), person_id=roster.person.id)
    elif why == "mandate":
        clock.may_be_moved()
        from members.queries import current_mandates
        from members.use_cases.mandates import end_mandate

        for mandate in current_mandates(session, roster.organisation.id):
            if mandate.person_id == roster.person.id:
                end_mandate(session, SYSTEM, mandate_id=mandate.id)
    else:
        end_turn(session, SYSTEM, turn_id=roster.turn.id)
    make_appeal(session, clock="danger")
    for _ in range(3):
        clock.move(A_WHILE)
        ring_out(session, SYSTEM)
    assert rung(session) == ([] if why == "off" else handles(roster.deputy))


def test_who_comes_back_is_rung_too(session: Session, clock: MovableClock, roster: Roster) -> None:
    person, today = actor_of(session, roster.person), the_clock.now(session).date()
    absence = be_away(session, person, away_from=today - timedelta(days=1), away_until=today + timedelta(days=3))
    make_appeal(session, clock="danger")
    clock.move(A_WHILE)
    assert ring_out(session, SYSTEM) == 0
    be_back(session, actor_of(session, roster.person), absence_id=absence.id)
    assert ring_out(session, SYSTEM) == 1
    assert rung(session) == handles(roster.deputy, roster.person)


def test_the_filers_own_organisation_is_not_rung(session: Session, roster: Roster) -> None:
    filer = actor_of(session, make_person(session, roster.organisation, duties=(Duty.FILE,)))
    make_appeal(session, actor=filer, clock="danger")
    assert rung(session) == []


def test_harm_waits_for_the_working_hours_of_the_one_who_is_rung(
    session: Session, clock: MovableClock, roster: Roster
) -> None:
    make_appeal(session)
    clock.move(timedelta(days=30))
    zone_hours = set()
    for _ in range(24 * 9):
        if ring_out(session, SYSTEM):
            local = the_clock.now(session) + timedelta(hours=7)
            zone_hours.add((local.hour, local.weekday()))
        clock.move(timedelta(hours=1))
    assert zone_hours and all(9 <= hour < 17 and weekday < 5 for hour, weekday in zone_hours)
    assert rung(session, "triage") == handles(roster.person, roster.deputy)
    # News is late too: it rang together with triage, and told each person once.
    assert rung(session, "news") == rung(session, "triage")
    assert len({row.key for row in messages(session)}) == 2


def test_a_worker_killed_while_ringing_rings_once_more_and_not_twice(
    factory: sessionmaker[Session], session: Session, clock: MovableClock, roster: Roster
) -> None:
    appeal_id = make_appeal(session, clock="danger").id
    clock.move(A_WHILE)
    job = schedule.Job("appeals.ring", 20, ring_the_next)
    schedule.ensure(session, (job,))
    session.commit()
    slot = schedule.due(session, (job,))[0][1]
    session.commit()
    with factory() as killed:
        schedule.claim(killed, job, slot)
        job.run(killed)
        killed.rollback()
    for _ in range(2):
        with factory.begin() as again:
            if schedule.claim(again, job, slot):
                job.run(again)
    assert rung(session) == handles(roster.person, roster.deputy)
    assert session.get_one(Appeal, appeal_id).coordinator_id is None


def test_a_stranger_to_the_ring_meets_a_case_that_does_not_exist(session: Session, roster: Roster) -> None:
    appeal = make_appeal(session, clock="danger")
    elsewhere = make_actor(session, make_organisation(session, country="DE"), *DUTIES)
    with pytest.raises(NotFound):
        take_ring(session, elsewhere, ref=appeal.ref)
