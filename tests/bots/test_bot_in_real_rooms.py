"""The real bot process on a real homeserver, as members see it through plain HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from bots.content import POLL_START
from bots.inbox import Account as BotAccount
from bots.inbox import Incoming
from bots.registry import Room, RoomState, rooms
from members.models import Mandate
from members.queries import linked_people
from members.use_cases.chat_links import make_link_code
from members.use_cases.mandates import end_mandate
from network_app.core.heartbeat import beats
from network_app.core.permissions import Actor, Duty
from network_app.votes.queries import last_casts, proposal_by_ref
from network_app.votes.rules import Position
from tests.factories.members import make_actor
from tests.factories.votes import make_network, make_vote
from tests.fakes.chat_world import ChatWorld, Member
from tests.waiting import eventually

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_command_is_answered_in_the_organisations_room(world: ChatWorld) -> None:
    organisation = world.organisation(name="Union of Seamstresses")
    member = world.member(organisation)
    bot = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)

    asked = member.say(room, "!help")

    answer = member.reply_to(room, asked)
    assert "!vote REF agree|reservation|aside|abstain|block [because ...]" in answer
    with world.transaction() as session:
        assert beats(session)["bot"].note == ""
    assert world.stop_bot(bot) == 0


@on_sqlite
@pytest.mark.parametrize("stable", [False, True])
def test_a_native_poll_answer_is_a_vote(world: ChatWorld, stable: bool) -> None:
    with world.transaction() as session:
        network = make_network(session)
        organisation = network.organisations["m1"]
    member = world.member(organisation)
    with world.transaction() as session:
        ref = make_vote(session, network).ref
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    poll = the_poll(member, room, world)
    answers = {one["org.matrix.msc1767.text"]: one["id"] for one in poll["content"][POLL_START]["answers"]}

    answered = member.answer_poll(room, poll["event_id"], answers["We agree"], stable=stable)

    assert f"{ref}: your vote is counted." in member.reply_to(room, answered)
    with world.transaction() as session:
        cast = last_casts(session, proposal_by_ref(session, ref))[organisation.id]
        assert (cast.position, cast.via) == (Position.AGREE, "poll")
    member.redact(room, answered)
    eventually(
        lambda: "changes nothing" in member.posts(room, world.bot.user_id)[-1]["content"]["body"],
        "nobody told the voter that a removal changes nothing",
    )


def the_poll(member: Member, room: str, world: ChatWorld) -> dict[str, Any]:
    """The bot's poll in this room, once it is there."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found[:] = [post for post in member.posts(room, world.bot.user_id) if post["type"] == POLL_START]
        return bool(found)

    eventually(there, "no poll came")
    return found[0]


@on_sqlite
def test_a_person_links_a_direct_chat_with_a_code_from_the_web(world: ChatWorld) -> None:
    organisation = world.organisation()
    with world.transaction() as session:
        code = make_link_code(session, make_actor(session, organisation, Duty.ACT))
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    stranger = world.stranger()
    chat = stranger.invite_to_direct_chat(world.bot.user_id)

    asked = stranger.say(chat, f"!link {code}")

    assert "This chat is yours now" in stranger.reply_to(chat, asked)
    with world.transaction() as session:
        assert [matrix_id for _, matrix_id in linked_people(session, organisation.id)] == [stranger.user_id]
    stranger.join(room)


@on_sqlite
def test_the_bot_joins_no_room_of_a_stranger(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    stranger = world.stranger()
    stranger.call("POST", "/createRoom", {"invite": [world.bot.user_id], "is_direct": True})
    stranger.call("POST", "/createRoom", {"invite": [world.bot.user_id]})
    member.reply_to(room, member.say(room, "!help"))
    joined = world.homeserver.request("GET", "/_matrix/client/v3/joined_rooms", token=world.bot.access_token)
    with world.transaction() as session:
        ours = {one.room_id for one in rooms(session, RoomState.READY)}
    assert set(joined["joined_rooms"]) == ours


@on_sqlite
def test_who_lost_the_mandate_is_put_out_of_the_room(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation, (Duty.ACT,))
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    with world.transaction() as session:
        mandate = session.scalar(select(Mandate).where(Mandate.person_id == member.person_id))
        assert mandate is not None
        end_mandate(session, Actor.system(), mandate_id=mandate.id)
    eventually(lambda: room not in member.call("GET", "/joined_rooms")["joined_rooms"], "still in the room", seconds=30)
    inside = world.homeserver.request(
        "GET", f"/_matrix/client/v3/rooms/{quote(room)}/joined_members", token=world.bot.access_token
    )
    assert set(inside["joined"]) == {world.bot.user_id}


@on_sqlite
def test_rooms_stand_in_the_space_of_their_coalition(world: ChatWorld) -> None:
    with world.transaction() as session:
        network = make_network(session)
    world.start_bot()
    space = world.room(f"space:{network.makers.id}", seconds=60)
    own = {world.room(f"org:{network.organisations[name].id}", seconds=60) for name in network.side("m")}
    announcements = world.room(f"coalition:{network.makers.id}")
    seen = Member(world.homeserver, world.bot, network.makers.id)

    def children() -> set[str]:
        state: Any = seen.call("GET", f"/rooms/{space}/state")
        return {event["state_key"] for event in state if event["type"] == "m.space.child"}

    wanted = {*own, announcements}
    eventually(lambda: children() >= wanted, "not all rooms are in their space", seconds=60)
    assert children() == wanted


@on_sqlite
def test_a_room_made_before_a_crash_is_found_again(world: ChatWorld) -> None:
    organisation = world.organisation()
    made = world.homeserver.request(
        "POST",
        "/_matrix/client/v3/createRoom",
        body={"room_alias_name": f"network-org-{organisation.id}", "preset": "private_chat"},
        token=world.bot.access_token,
    )["room_id"]
    world.start_bot()
    assert world.room(f"org:{organisation.id}") == made


@on_sqlite
def test_an_alias_on_somebody_elses_room_is_not_believed(world: ChatWorld) -> None:
    organisation = world.organisation()
    stranger = world.stranger()
    stranger.call("POST", "/createRoom", {"room_alias_name": f"network-org-{organisation.id}", "preset": "public_chat"})
    world.start_bot()

    def dead() -> bool:
        with world.factory() as session:
            room = session.get(Room, f"org:{organisation.id}")
            return room is not None and room.state is RoomState.DEAD

    eventually(dead, "the bot took a stranger's room for its own", seconds=30)


@on_sqlite
def test_a_second_bot_waits_until_the_first_is_gone(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    first = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    second = world.start_bot()
    eventually(lambda: "another bot is alive" in world.log(), "the second did not wait", seconds=30)
    assert world.stop_bot(first) == 0
    assert "!help" in member.reply_to(room, member.say(room, "!help"))
    assert world.stop_bot(second) == 0


@on_sqlite
def test_nothing_that_people_say_to_each_other_is_kept(world: ChatWorld) -> None:
    organisation = world.organisation()
    member = world.member(organisation)
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)
    member.say(room, "Sokha was arrested this morning")
    member.reply_to(room, member.say(room, "!help"))
    with world.transaction() as session:
        kept = session.scalars(select(Incoming)).all()
        assert {row.kind for row in kept} <= {"Spoken", "Membership"}
        assert all("Sokha" not in str(row.event) for row in kept)
        assert session.get_one(BotAccount, 1).next_batch
    assert "Sokha" not in world.log()
