"""A slot is run by one worker, and an outage is caught up by one run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.db import transaction
from network_app.core.heartbeat import Heartbeat, beat
from network_app.core.schedule import Job, Slot, claim, due, ensure
from tests.conftest import MovableClock

HOURLY = Job("hourly", 3600, lambda session: beat(session, "hourly"))


def slot(session: Session) -> Slot:
    return session.get_one(Slot, "hourly", populate_existing=True)


def test_a_new_job_is_due_at_once_and_keeps_its_slot_when_the_worker_starts_again(session: Session) -> None:
    ensure(session, [HOURLY])
    [(job, at)] = due(session, [HOURLY])
    assert job is HOURLY and claim(session, job, at)
    next_at = slot(session).next_at
    ensure(session, [HOURLY])
    assert slot(session).next_at == next_at == at + timedelta(hours=1)
    assert due(session, [HOURLY]) == []


def test_a_slot_is_taken_once(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        ensure(session, [HOURLY])
    with factory() as session:
        [(_, at)] = due(session, [HOURLY])
    start = Barrier(4)

    def take(_number: int) -> bool:
        start.wait()
        with transaction(factory) as session:
            return claim(session, HOURLY, at)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(take, range(4))) == [False, False, False, True]


def test_an_outage_of_days_is_caught_up_by_one_run_and_the_rhythm_is_kept(
    session: Session, clock: MovableClock
) -> None:
    ensure(session, [HOURLY])
    [(job, first)] = due(session, [HOURLY])
    assert claim(session, job, first)
    clock.move(timedelta(days=3, minutes=10))
    [(job, missed)] = due(session, [HOURLY])
    assert claim(session, job, missed)
    assert due(session, [HOURLY]) == []
    assert (slot(session).next_at - first) % timedelta(hours=1) == timedelta(0)
    assert slot(session).next_at - first == timedelta(hours=73)


def test_a_run_that_is_rolled_back_leaves_its_slot_due(session: Session) -> None:
    ensure(session, [HOURLY])
    session.commit()
    [(job, at)] = due(session, [HOURLY])
    assert claim(session, job, at)
    job.run(session)
    session.rollback()
    assert due(session, [HOURLY]) == [(HOURLY, at)]
    assert session.scalars(select(Heartbeat)).all() == []


def test_a_job_that_this_program_no_longer_knows_stops_nothing(session: Session) -> None:
    ensure(session, [HOURLY, Job("gone", 5, lambda session: None)])
    assert [job.name for job, _ in due(session, [HOURLY])] == ["hourly"]
