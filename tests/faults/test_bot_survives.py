"""What the bot's process lives through: kills, a homeserver that goes away, gaps in the stream, a session that ends."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from bots.inbox import Account, Incoming
from network_app.core.config import Settings
from network_app.core.outbox import Outgoing, State, enqueue_chat
from network_app.demo.homeserver import Homeserver
from tests.fakes.chat_world import ChatWorld
from tests.waiting import eventually

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.timeout(300)]
PATIENCE = 120


@pytest.fixture
def world(
    synapse: Homeserver, settings: Settings, factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[ChatWorld]:
    """An installation with a bot account on the shared homeserver."""
    opened = ChatWorld(synapse, settings, factory, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def fragile(settings: Settings, factory: sessionmaker[Session], tmp_path: Path) -> Iterator[ChatWorld]:
    """The same on a homeserver of its own, which the test may stop."""
    with Homeserver(tmp_path / "homeserver") as own:
        opened = ChatWorld(own, settings, factory, tmp_path)
        yield opened
        opened.close()


def fan_out(world: ChatWorld, rooms: dict[str, str], key: str = "fan-out") -> None:
    """Plan one message for each room."""
    with world.transaction() as session:
        for name in rooms:
            enqueue_chat(
                session, key=f"{key}:{name}", room=name, language="en", template="refused", values={"why": key}
            )


def sent(world: ChatWorld) -> int:
    with world.factory() as session:
        return len(session.scalars(select(Outgoing.id).where(Outgoing.state == State.SENT)).all())


def reached(world: ChatWorld, rooms: dict[str, str]) -> int:
    """About how many rooms have a message, from looking at every fifth."""
    looked_at = list(rooms.values())[::5]
    return 5 * sum(any(one["type"] == "m.room.message" for one in world.events_of(room)) for room in looked_at)


def enough(world: ChatWorld, rooms: dict[str, str], some: int) -> bool:
    return reached(world, rooms) >= some


def posts_per_room(world: ChatWorld, rooms: dict[str, str]) -> Counter[int]:
    """How many rooms have how many messages."""
    return Counter(
        sum(event["type"] == "m.room.message" for event in world.events_of(room_id)) for room_id in rooms.values()
    )


def bare_rooms(world: ChatWorld, count: int) -> dict[str, str]:
    return {name: world.bare_room(name) for name in (f"case:{uuid.uuid4()}" for _ in range(count))}


def test_killed_in_the_middle_of_a_fan_out_each_room_gets_exactly_one_message(world: ChatWorld) -> None:
    rooms = bare_rooms(world, 50)
    fan_out(world, rooms)
    # Killed when some rooms have their message and most results are not written down yet.
    for some in (5, 25):
        bot = world.start_bot()
        eventually(partial(enough, world, rooms, some), "the fan-out did not go on", seconds=PATIENCE)
        world.kill_bot(bot)
    world.start_bot()
    eventually(lambda: sent(world) == 50, "the fan-out was not finished", seconds=PATIENCE)
    assert posts_per_room(world, rooms) == {1: 50}


def test_a_homeserver_that_goes_away_and_comes_back_gets_everything_once(fragile: ChatWorld) -> None:
    rooms = bare_rooms(fragile, 20)
    bot = fragile.start_bot()
    fan_out(fragile, rooms, "first")
    eventually(lambda: sent(fragile) > 0, "nothing was sent", seconds=PATIENCE)
    fragile.homeserver.stop()
    fan_out(fragile, rooms, "second")
    eventually(lambda: "slow down" in fragile.log() or "cannot read on yet" in fragile.log(), "no word about it")
    assert bot.poll() is None
    fragile.homeserver.start()
    eventually(lambda: sent(fragile) == 40, "not everything was sent", seconds=PATIENCE)
    assert posts_per_room(fragile, rooms) == {2: 20}


def test_started_before_the_homeserver_it_waits(fragile: ChatWorld) -> None:
    rooms = bare_rooms(fragile, 2)
    fragile.homeserver.stop()
    fan_out(fragile, rooms)
    bot = fragile.start_bot()
    eventually(lambda: "cannot log in yet" in fragile.log(), "it did not try", seconds=PATIENCE)
    assert bot.poll() is None
    fragile.homeserver.start()
    eventually(lambda: sent(fragile) == 2, "it did not go on", seconds=PATIENCE)


def test_commands_from_a_long_absence_are_all_answered_once(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    bot = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    member.reply_to(room, member.say(room, "!help"))
    assert world.stop_bot(bot) == 0
    first = member.say(room, "!calls")
    for number in range(130):
        member.say(room, f"talk {number}")
    last = member.say(room, "!help")
    world.start_bot()
    assert "No call waits" in member.reply_to(room, first)
    assert "What you can ask me" in member.reply_to(room, last)
    with world.factory() as session:
        assert len(session.scalars(select(Incoming).where(Incoming.kind == "Spoken")).all()) == 3


def test_reading_the_stream_again_from_an_old_place_does_nothing_twice(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    bot = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    with world.factory() as session:
        place = session.get_one(Account, 1).next_batch
    for _ in range(3):
        member.reply_to(room, member.say(room, "!help"))
    world.kill_bot(bot)
    with world.transaction() as session:
        session.execute(update(Account).values(next_batch=place))
    before = len(member.posts(room, world.bot.user_id))
    world.start_bot()
    member.reply_to(room, member.say(room, "!help"))
    assert len(member.posts(room, world.bot.user_id)) == before + 1


def test_a_command_that_was_read_before_the_kill_is_answered_after_it(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    bot = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    asked = []
    for _ in range(5):
        asked.append(member.say(room, "!help"))
        asked.append(member.say(room, "!calls"))
        world.kill_bot(bot)
        bot = world.start_bot()
    for event in asked:
        member.reply_to(room, event)
    assert len(member.posts(room, world.bot.user_id)) == len(asked)


def test_a_session_that_was_ended_stops_the_bot_and_the_next_start_logs_in(world: ChatWorld) -> None:
    rooms = bare_rooms(world, 1)
    bot = world.start_bot()
    fan_out(world, rooms, "before")
    eventually(lambda: sent(world) == 1, "it does not work", seconds=PATIENCE)
    world.homeserver.request("POST", "/_matrix/client/v3/logout/all", body={}, token=world.bot.access_token)
    eventually(lambda: bot.poll() is not None, "it did not stop", seconds=60)
    assert bot.poll() == 1
    assert "LoggedOut" in world.log()
    world.start_bot()
    fan_out(world, rooms, "after")
    eventually(lambda: sent(world) == 2, "it did not log in again", seconds=PATIENCE)
