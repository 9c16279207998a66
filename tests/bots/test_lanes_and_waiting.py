"""Who goes next, and how long everybody waits after a failure."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.backoff import Backoff, woken_or_after
from bots.lanes import Lanes


def test_the_urgent_goes_first_and_a_room_keeps_its_order() -> None:
    lanes: Lanes[str] = Lanes()
    for room, priority, message in [("a", 5, "a1"), ("a", 5, "a2"), ("b", 8, "b1"), ("b", 0, "b0")]:
        lanes.put(room, priority, message)
    assert lanes.take() == "b0"
    assert lanes.take() == "a1"
    assert lanes.take() is None
    lanes.done("a")
    assert lanes.take() == "a2"
    lanes.done("b")
    assert lanes.take() == "b1"
    assert len(lanes) == 0


def test_what_waits_can_be_taken_back_in_order() -> None:
    lanes: Lanes[int] = Lanes()
    for number in range(5):
        lanes.put("a" if number % 2 else "b", 5, number)
    assert lanes.take() == 0
    assert lanes.empty("b") == [2, 4]
    assert lanes.empty_all() == [1, 3]
    lanes.done("b")
    assert lanes.take() is None
    lanes.put("b", 5, 9)
    assert lanes.take() == 9


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([0, 5, 8]))))
def test_every_message_goes_once_and_in_order_within_its_room_and_urgency(puts: list[tuple[str, int]]) -> None:
    lanes: Lanes[tuple[str, int, int]] = Lanes()
    for number, (room, priority) in enumerate(puts):
        lanes.put(room, priority, (room, priority, number))
    gone = []
    while (message := lanes.take()) is not None:
        gone.append(message)
        lanes.done(message[0])
    assert sorted(gone) == sorted((room, priority, number) for number, (room, priority) in enumerate(puts))
    for room in "abc":
        here = [(priority, number) for at, priority, number in gone if at == room]
        assert here == sorted(here)


def test_each_failure_waits_longer_up_to_a_limit_and_success_forgets() -> None:
    backoff = Backoff(first=1.0, longest=8.0, spread=lambda: 1.0)
    assert [backoff.wait() for _ in range(5)] == [1, 2, 4, 8, 8]
    backoff.worked()
    assert backoff.wait() == 1
    assert 0.5 <= Backoff(first=1.0, spread=lambda: 0.0).wait() <= 1


@pytest.mark.parametrize("turns", range(5))
def test_whoever_is_stopped_while_being_woken_stops(turns: int) -> None:
    async def stop_while_woken() -> bool:
        event = asyncio.Event()
        waiting = asyncio.create_task(woken_or_after(event, 60))
        await asyncio.sleep(0)
        event.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        was_awake = waiting.done()
        waiting.cancel()
        await asyncio.wait([waiting])
        return was_awake or waiting.cancelled()

    assert asyncio.run(stop_while_woken())
