"""The worker's round: every job alone, once a slot, whoever else runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import audit, schedule
from network_app.core.db import transaction
from network_app.core.heartbeat import beat, beats
from network_app.core.permissions import Actor
from network_app.core.schedule import Job
from network_app.web.readiness import problems
from network_app.worker import JOBS, run_due
from tests.conftest import MovableClock


def job(name: str, run: Callable[[Session], None], every: int = 60) -> Job:
    return Job(name, every, run)


def leave_a_mark(session: Session) -> None:
    audit.append(session, "marks", {})


def broken(session: Session) -> None:
    leave_a_mark(session)
    session.flush()
    raise RuntimeError


def marks(factory: sessionmaker[Session]) -> int:
    with factory() as session:
        return len(audit.links(session, "marks"))


def test_the_jobs_of_all_rooms_have_names_of_their_own() -> None:
    names = [each.name for each in JOBS]
    assert len(set(names)) == len(names) > 8


def test_a_job_that_breaks_leaves_nothing_behind_and_stops_no_other(
    factory: sessionmaker[Session], clock: MovableClock
) -> None:
    jobs = (job("a_broken", broken), job("b_works", leave_a_mark))
    with transaction(factory) as session:
        schedule.ensure(session, jobs)
    assert run_due(factory, jobs) == 1
    assert marks(factory) == 1
    # Its slot stays due: when it is mended it runs, without waiting for the next one.
    assert run_due(factory, (job("a_broken", leave_a_mark), jobs[1])) == 1
    assert marks(factory) == 2
    assert run_due(factory, (job("a_broken", leave_a_mark), jobs[1])) == 0


def test_two_workers_run_each_slot_once(factory: sessionmaker[Session], clock: MovableClock) -> None:
    jobs = tuple(job(f"job{number}", leave_a_mark) for number in range(5))
    with transaction(factory) as session:
        schedule.ensure(session, jobs)
    for round_ in range(1, 4):
        start = Barrier(2)

        def work(_number: int, start: Barrier = start) -> int:
            start.wait()
            return run_due(factory, jobs)

        with ThreadPoolExecutor(2) as threads:
            assert sum(threads.map(work, range(2))) == 5
        assert marks(factory) == 5 * round_
        clock.move(timedelta(seconds=61))


def test_an_outage_is_caught_up_by_one_run(factory: sessionmaker[Session], clock: MovableClock) -> None:
    jobs = (job("reminder", leave_a_mark),)
    with transaction(factory) as session:
        schedule.ensure(session, jobs)
    run_due(factory, jobs)
    clock.move(timedelta(days=30))
    assert [run_due(factory, jobs) for _ in range(3)] == [1, 0, 0]
    assert marks(factory) == 2


def test_every_job_of_the_network_runs_on_an_empty_database(
    factory: sessionmaker[Session], clock: MovableClock
) -> None:
    with transaction(factory) as session:
        schedule.ensure(session, JOBS)
    assert run_due(factory) == len(JOBS)
    with factory() as session:
        assert set(beats(session)) == {"worker"}
        assert set(session.scalars(select(schedule.Slot.name))) == {each.name for each in JOBS}
    assert run_due(factory) == 0


@pytest.mark.parametrize("minutes", [1, 6])
def test_a_worker_that_is_silent_for_five_minutes_is_missed(
    factory: sessionmaker[Session], clock: MovableClock, minutes: int
) -> None:
    with transaction(factory) as session:
        beat(session, "worker")
        audit.record(session, Actor.system(), "started", "worker")
    clock.move(timedelta(minutes=minutes))
    with factory() as session:
        assert [text.partition(":")[0] for text in problems(session)] == (["worker"] if minutes > 5 else [])
