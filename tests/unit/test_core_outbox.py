"""The outbox promises: planned once, taken by one, a lost alert goes again, a lost letter waits for a person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import outbox
from network_app.core.clock import now
from network_app.core.db import transaction
from network_app.core.outbox import Channel, Outgoing, State
from tests.conftest import MovableClock

LEASE = timedelta(minutes=5)


def plan(session: Session, key: str = "call:1:asked:mail", **overrides: Any) -> UUID:
    values: dict[str, Any] = {"to": "a@x.test", "language": "en", "template": "call_asked", "values": {"ref": "UA-1"}}
    outbox.enqueue_mail(session, key=key, **(values | overrides))
    return outbox.message_id(key)


def claim(session: Session, by: str = "first", limit: int = 20) -> list[str]:
    taken = outbox.claim(session, Channel.MAIL, by=by, limit=limit, lease=LEASE)
    session.commit()
    return [row.key for row in taken]


def state(session: Session, row_id: UUID) -> tuple[State, str | None]:
    row = session.get_one(Outgoing, row_id, populate_existing=True)
    return row.state, row.error


def test_planning_the_same_fact_twice_plans_it_once(session: Session) -> None:
    first, again = plan(session), plan(session, to="b@x.test")
    assert first == again
    assert claim(session) == ["call:1:asked:mail"]
    assert session.get_one(Outgoing, first).recipient == "a@x.test"


def test_two_transactions_that_plan_the_same_fact_at_once_plan_it_once(factory: sessionmaker[Session]) -> None:
    start = Barrier(2)

    def one(number: int) -> None:
        start.wait()
        with transaction(factory) as session:
            plan(session, to=f"{number}@x.test")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, range(2)))
    with factory() as session:
        assert len(claim(session)) == 1


def test_a_rolled_back_act_says_nothing(session: Session) -> None:
    plan(session)
    session.rollback()
    assert claim(session) == []


def test_each_message_is_taken_by_one_process_only(factory: sessionmaker[Session]) -> None:
    keys = {f"call:{number}" for number in range(40)}
    with transaction(factory) as session:
        for key in keys:
            plan(session, key)
    start = Barrier(4)

    def take(name: str) -> list[str]:
        start.wait()
        found: list[str] = []
        with factory() as session:
            while mine := claim(session, name, limit=3):
                found += mine
        return found

    with ThreadPoolExecutor(4) as threads:
        taken = [key for found in threads.map(take, "abcd") for key in found]
    assert len(taken) == len(keys) and set(taken) == keys


def test_a_message_for_later_waits_and_urgent_ones_go_first(session: Session, clock: MovableClock) -> None:
    plan(session, "later", not_before=now(session) + timedelta(minutes=10))
    for key, priority in (("bulk", outbox.BULK), ("reply", outbox.REPLY)):
        outbox.enqueue_chat(session, key=key, room="org:1", language="en", template="t", values={}, priority=priority)
    assert claim(session) == []
    chats = outbox.claim(session, Channel.MATRIX, by="bot", limit=5, lease=LEASE)
    assert [row.key for row in chats] == ["reply", "bulk"]
    clock.move(timedelta(minutes=11))
    assert claim(session) == ["later"]


def test_an_alert_whose_sender_died_is_taken_again_under_the_same_id(session: Session, clock: MovableClock) -> None:
    row_id = plan(session)
    assert claim(session, "dead") == ["call:1:asked:mail"]
    assert claim(session, "next") == []
    clock.move(LEASE + timedelta(seconds=1))
    assert claim(session, "next") == ["call:1:asked:mail"]
    row = session.get_one(Outgoing, row_id, populate_existing=True)
    assert (row.attempts, row.lease_by, row.id) == (2, "next", row_id)


def test_a_letter_whose_sender_died_is_uncertain_and_never_taken_again(session: Session, clock: MovableClock) -> None:
    row_id = plan(session, "letter:1", letter=True)
    assert claim(session, "dead") == ["letter:1"]
    clock.move(LEASE + timedelta(seconds=1))
    assert claim(session, "next") == []
    assert state(session, row_id) == (State.UNCERTAIN, "the sender stopped while sending")
    assert [row.key for row in outbox.needing_a_person(session)] == ["letter:1"]
    outbox.resend(session, row_id)
    assert claim(session, "next") == ["letter:1"]


def test_only_the_holder_says_what_became_of_a_message(session: Session, clock: MovableClock) -> None:
    row_id = plan(session)
    claim(session, "slow")
    clock.move(LEASE + timedelta(seconds=1))
    claim(session, "quick")
    assert not outbox.mark_sent(session, row_id, by="slow")
    assert not outbox.mark_failed(session, row_id, by="slow", error="late")
    assert outbox.mark_sent(session, row_id, by="quick", remote_id="r1")
    assert not outbox.mark_retry(session, row_id, by="quick", error="twice", delay=LEASE)
    assert state(session, row_id) == (State.SENT, None)


def test_a_sender_goes_on_holding_only_what_is_still_its_own(session: Session, clock: MovableClock) -> None:
    row_id = plan(session)
    claim(session, "slow")
    assert outbox.hold(session, row_id, by="slow", lease=LEASE)
    assert not outbox.hold(session, row_id, by="other", lease=LEASE)
    clock.move(LEASE + timedelta(seconds=1))
    # Nobody took it yet, but from now on anybody may.
    assert not outbox.hold(session, row_id, by="slow", lease=LEASE)


def test_a_retry_waits_and_a_held_one_waits_for_a_person(session: Session, clock: MovableClock) -> None:
    later, held = plan(session, "later"), plan(session, "held")
    assert len(claim(session)) == 2
    outbox.mark_retry(session, later, by="first", error="refused", delay=timedelta(seconds=30))
    outbox.mark_held(session, held, by="first", reason="no consent")
    session.commit()
    assert claim(session) == []
    clock.move(timedelta(seconds=31))
    assert claim(session) == ["later"]
    assert state(session, held) == (State.HELD, "no consent")
    assert [row.key for row in outbox.needing_a_person(session)] == ["held"]


def test_what_is_taken_back_never_leaves_and_what_left_stays(session: Session) -> None:
    sent, waiting, other = plan(session, "vote:1_a"), plan(session, "vote:1_b"), plan(session, "vote:1xb")
    claim(session, limit=1)
    outbox.mark_sent(session, sent, by="first")
    # An underscore in a key is no wildcard.
    assert outbox.recall(session, key_prefix="vote:1_") == 1
    assert [state(session, each)[0] for each in (sent, waiting, other)] == [State.SENT, State.RECALLED, State.PLANNED]
    assert claim(session) == ["vote:1xb"]


def test_what_a_dead_bot_was_sending_is_planned_again_but_no_letter(session: Session) -> None:
    alert, letter = plan(session, "alert"), plan(session, "letter", letter=True)
    claim(session, "dead")
    assert outbox.release(session, Channel.MAIL, not_by="alive") == 1
    assert (state(session, alert)[0], state(session, letter)[0]) == (State.PLANNED, State.SENDING)


@given(attempts=st.integers(0, 10_000), jitter=st.floats(0, 1))
def test_a_wait_between_tries_is_never_long_and_never_nothing(attempts: int, jitter: float) -> None:
    wait = outbox.backoff(attempts, jitter=jitter)
    assert timedelta(seconds=0.5) <= wait <= timedelta(minutes=15)


def test_the_lease_is_counted_on_the_networks_clock(session: Session, clock: MovableClock) -> None:
    row_id = plan(session)
    claim(session)
    row = session.get_one(Outgoing, row_id, populate_existing=True)
    assert row.lease_until is not None
    assert abs(row.lease_until - now(session) - LEASE) < timedelta(seconds=5)
