"""The pump: each message once, in order within its room, whatever the homeserver does."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bots.client import Limited, Refused, ServerDown
from bots.content import MARKER, POLL_START
from bots.outbox_pump import IN_FLIGHT, Pump
from bots.registry import RoomState
from network_app.core.outbox import Outgoing, State, enqueue_chat, recall
from tests.conftest import MovableClock
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.room import FakeRooms


def plan(rooms: FakeRooms, room: str, text: str, *, key: str = "", priority: int = 5, **more: str | None) -> None:
    """Plan a post that says `text`."""
    with rooms.transaction() as session:
        enqueue_chat(
            session,
            key=key or f"k{uuid.uuid4()}",
            room=room,
            language="en",
            template="refused",
            values={"why": text},
            priority=priority,
            gate=more.get("gate"),
        )


def rows(rooms: FakeRooms) -> list[Outgoing]:
    with rooms.factory() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.created_at, Outgoing.key)))


def states(rooms: FakeRooms) -> set[State]:
    return {row.state for row in rows(rooms)}


def all_sent(rooms: FakeRooms) -> Callable[[], bool]:
    return lambda: states(rooms) == {State.SENT}


def pump_until(rooms: FakeRooms, server: FakeHomeserver, condition: Callable[[], bool], seconds: float = 30) -> None:
    """Run the pump until the condition holds."""

    async def run() -> None:
        pump = Pump(server, rooms.lease)
        work = asyncio.create_task(pump.run())
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, [(row.state, row.error) for row in rows(rooms)]
            assert not work.done(), work.exception()
            await asyncio.sleep(0.02)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await pump.settle()

    asyncio.run(run())


def said(*texts: str) -> list[str]:
    return [f"Nothing was done. {text}" for text in texts]


@pytest.fixture
def server() -> FakeHomeserver:
    return FakeHomeserver()


def test_every_room_gets_its_message_once_and_the_receipt_is_written_down(
    rooms: FakeRooms, server: FakeHomeserver
) -> None:
    places = [(name := f"case:{uuid.uuid4()}", rooms.open(name)) for _ in range(60)]
    for name, _ in places:
        plan(rooms, name, "hello")
    pump_until(rooms, server, all_sent(rooms))
    assert [server.bodies(room_id) for _, room_id in places] == [said("hello")] * 60
    assert {row.remote_id for row in rows(rooms)} == {
        event["event_id"] for room in server.rooms.values() for event in room
    }
    assert server.most_under_way == IN_FLIGHT


def test_a_room_keeps_its_order_and_a_reply_goes_first(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    for number in range(5):
        plan(rooms, "case:a", f"n{number}", key=f"k{number}")
    plan(rooms, "case:a", "reply", priority=0)
    pump_until(rooms, server, all_sent(rooms))
    assert server.bodies(room) == said("reply", "n0", "n1", "n2", "n3", "n4")


def test_a_homeserver_that_is_away_loses_and_doubles_nothing(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    server.trouble = [ServerDown("no answer") for _ in range(4)]
    for number in range(3):
        plan(rooms, "case:a", f"n{number}", key=f"k{number}")
    pump_until(rooms, server, all_sent(rooms))
    assert server.bodies(room) == said("n0", "n1", "n2")


def test_a_lost_answer_does_not_double_the_post(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    server.lost = 2
    plan(rooms, "case:a", "hello")
    pump_until(rooms, server, all_sent(rooms))
    assert server.tried[room] == 3
    assert server.bodies(room) == said("hello")


def test_one_request_to_slow_down_makes_everybody_wait(rooms: FakeRooms, server: FakeHomeserver) -> None:
    for _ in range(10):
        rooms.open(name := f"case:{uuid.uuid4()}")
        plan(rooms, name, "hello")
    server.trouble = [Limited(1.0)]
    started = time.monotonic()
    pump_until(rooms, server, all_sent(rooms))
    assert time.monotonic() - started >= 1.0
    # Those already under way may still knock; nobody knocks again before the second is over.
    assert sum(server.tried.values()) <= 10 + IN_FLIGHT


def test_a_room_that_refuses_for_a_while_keeps_its_order_and_holds_nobody_up(
    rooms: FakeRooms, server: FakeHomeserver
) -> None:
    slow, fine = rooms.open("case:slow"), rooms.open("case:fine")
    server.refused[slow] = Refused("M_UNKNOWN")
    for number in range(3):
        plan(rooms, "case:slow", f"n{number}", key=f"k{number}")
    plan(rooms, "case:fine", "hello")
    # Stopped only when every refusal is written down: what a stopped bot still held is another test's matter.
    pump_until(rooms, server, lambda: bool(server.tried[slow]) and states(rooms) == {State.PLANNED, State.SENT})
    assert server.bodies(fine) == said("hello")
    plan(rooms, "case:slow", "n3", key="k3")
    server.refused.clear()
    pump_until(rooms, server, all_sent(rooms))
    assert server.bodies(slow) == said("n0", "n1", "n2", "n3")


def test_a_room_that_shuts_the_bot_out_is_dead_and_says_so(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    server.refused[room] = Refused("M_FORBIDDEN")
    plan(rooms, "case:a", "hello")
    pump_until(rooms, server, lambda: states(rooms) == {State.FAILED})
    dead = rooms.room_named("case:a")
    assert dead is not None
    assert (dead.state, dead.error) == (RoomState.DEAD, "M_FORBIDDEN")


def test_a_message_waits_for_its_room_and_orders_it(rooms: FakeRooms, server: FakeHomeserver) -> None:
    plan(rooms, "case:later", "hello")
    pump_until(rooms, server, lambda: rooms.room_named("case:later") is not None)
    room = rooms.open("case:later")
    pump_until(rooms, server, all_sent(rooms), seconds=10)
    assert server.bodies(room) == said("hello")


def test_a_shut_gate_holds_the_message_back_at_the_moment_of_sending(rooms: FakeRooms, server: FakeHomeserver) -> None:
    rooms.open("case:a")
    plan(rooms, "case:a", "about the case", gate=f"appeal:{uuid.uuid4()}:consent:share_with_network")
    pump_until(rooms, server, lambda: states(rooms) == {State.HELD})
    assert server.rooms == {}
    assert rows(rooms)[0].error == "The workers' consent for this does not hold now."


def test_what_was_recalled_does_not_leave(rooms: FakeRooms, server: FakeHomeserver) -> None:
    rooms.open("case:a")
    plan(rooms, "case:a", "no", key="call:1:x")
    with rooms.transaction() as session:
        assert recall(session, key_prefix="call:1:") == 1
    plan(rooms, "case:a", "yes")
    pump_until(rooms, server, lambda: State.SENT in states(rooms))
    assert server.order == said("yes")


def test_after_a_day_the_bot_looks_for_its_own_mark_before_it_posts_again(
    rooms: FakeRooms, server: FakeHomeserver, clock: MovableClock
) -> None:
    room = rooms.open("case:a")
    plan(rooms, "case:a", "hello")
    pump_until(rooms, server, all_sent(rooms))
    with rooms.transaction() as session:
        session.execute(update(Outgoing).values(state=State.PLANNED))
    server.forget_transactions()
    clock.move(timedelta(hours=21))
    pump_until(rooms, server, all_sent(rooms))
    assert server.bodies(room) == said("hello")
    assert server.rooms[room][0]["content"][MARKER] == str(rows(rooms)[0].id)


def test_a_message_that_cannot_be_made_does_not_stop_the_others(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    with rooms.transaction() as session:
        enqueue_chat(session, key="a", room="case:a", language="en", template="no_such", values={})
    plan(rooms, "case:a", "hello", key="b")
    pump_until(rooms, server, lambda: states(rooms) == {State.SENT, State.FAILED})
    assert server.bodies(room) == said("hello")


def test_a_poll_is_posted_as_a_native_poll(rooms: FakeRooms, server: FakeHomeserver) -> None:
    room = rooms.open("case:a")
    values = {"ref": "V-4QX2", "title": "A title", "options": [{"id": "x1", "text": "We agree"}]}
    with rooms.transaction() as session:
        enqueue_chat(session, key="a", room="case:a", language="en", template="poll", values=values)
    pump_until(rooms, server, all_sent(rooms))
    event = server.rooms[room][0]
    assert event["type"] == POLL_START
    assert event["content"][POLL_START]["answers"][0]["id"] == "x1"


def test_a_jump_of_the_clock_doubles_nothing(rooms: FakeRooms, server: FakeHomeserver, clock: MovableClock) -> None:
    places = [(name := f"case:{uuid.uuid4()}", rooms.open(name)) for _ in range(20)]
    for name, _ in places:
        plan(rooms, name, "hello")
    jumped: list[bool] = []

    def done() -> bool:
        if server.order and not jumped:
            clock.move(timedelta(minutes=30))
            jumped.append(True)
        return all_sent(rooms)()

    pump_until(rooms, server, done, seconds=15)
    assert [server.bodies(room_id) for _, room_id in places] == [said("hello")] * 20
