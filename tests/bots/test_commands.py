"""Calls, cases, linking, language and help, as a person in a room uses them; and what becomes of the inbox."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from bots.inbox import Fate, Incoming
from bots.registry import Room
from members.queries import get_organisation, linked_people, person_by_chat
from members.rules import OrganisationStatus
from members.use_cases.chat_links import make_link_code
from members.use_cases.standing import make_dormant
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import make_actor, make_organisation
from tests.factories.response import World, approve_text, fan_out, make_case, make_world
from tests.fakes.room import FakeRooms
from tests.fakes.voting import DELEGATE, Voting, all_casts
from urgent_appeals.models import Appeal, Call

# ---------------------------------------------------------------- calls and cases


@dataclass
class Called:
    """A case whose call went to an organisation, its room and its linked person."""

    world: World
    room: str
    ref: str


@pytest.fixture
def called(rooms: FakeRooms, clock: MovableClock) -> Called:
    with rooms.transaction() as session:
        world = make_world(session)
        make_case(session, world)
        approve_text(session, world)
        fan_out(session, world)
        organisation, person = world.network["DE"], world.people["DE"].person_id
        ref = world.ref
    assert person is not None
    clock.move(timedelta(minutes=11))
    rooms.link(person, DELEGATE)
    return Called(world, rooms.open(f"org:{organisation.id}"), ref)


def test_calls_are_listed_and_answered(rooms: FakeRooms, called: Called) -> None:
    assert called.ref in rooms.ask(called.room, DELEGATE, "!calls")
    answer = rooms.ask(called.room, DELEGATE, f"!call {called.ref} will we write on Monday")
    assert answer == f"{called.ref}: noted. We will act"
    with rooms.factory() as session:
        call = session.scalar(select(Call).where(Call.organisation_id == called.world.network["DE"].id))
        assert call is not None
        assert (call.answer, call.answer_text, call.via) == ("will_act", "we write on Monday", "chat")


def test_cannot_without_a_reason_is_refused(rooms: FakeRooms, called: Called) -> None:
    assert "in a few words why" in rooms.ask(called.room, DELEGATE, f"!call {called.ref} cannot")


def test_who_was_not_called_learns_nothing(rooms: FakeRooms, called: Called) -> None:
    with rooms.transaction() as session:
        outsider = make_organisation(session, country="BR", side="market")
        actor = make_actor(session, outsider, Duty.ACT)
    assert actor.person_id is not None
    rooms.link(actor.person_id, "@outsider:x")
    room = rooms.open(f"org:{outsider.id}")
    known = rooms.ask(room, "@outsider:x", f"!call {called.ref} will")
    unknown = rooms.ask(room, "@outsider:x", "!call UA-2222 will")
    assert known == unknown


def test_a_room_hears_of_a_case_only_what_the_network_may_know(rooms: FakeRooms) -> None:
    with rooms.transaction() as session:
        world = make_world(session)
        make_case(session, world, share=False)
        ref, coordinator, home = world.ref, world.coordinator, world.coordinator.organisation_id
    assert coordinator.person_id is not None
    rooms.link(coordinator.person_id, "@coordinator:x")
    room, chat = rooms.open(f"org:{home}"), rooms.open(f"dm:{coordinator.person_id}")
    assert rooms.ask(room, "@coordinator:x", f"!case {ref}") == rooms.ask(room, "@coordinator:x", "!case UA-2222")
    assert f"{ref}: Accepted." in rooms.ask(chat, "@coordinator:x", f"!case {ref}")


def test_stop_stops_publication_at_once(rooms: FakeRooms) -> None:
    with rooms.transaction() as session:
        world = make_world(session)
        make_case(session, world)
        ref, officer = world.ref, world.officer
    assert officer.person_id is not None
    rooms.link(officer.person_id, "@officer:x")
    room = rooms.open(f"org:{officer.organisation_id}")
    assert "publication is stopped" in rooms.ask(room, "@officer:x", f"!stop {ref}")
    with rooms.factory() as session:
        appeal = session.scalar(select(Appeal).where(Appeal.ref == ref))
        assert appeal is not None
        assert appeal.publication_stopped_at is not None


# ---------------------------------------------------------------- linking, language, help


def test_a_stranger_links_the_chat_with_a_code(rooms: FakeRooms) -> None:
    with rooms.transaction() as session:
        organisation = make_organisation(session)
        actor = make_actor(session, organisation, Duty.ACT)
        code = make_link_code(session, actor)
    room = rooms.open(f"stranger:{uuid.uuid4()}")
    assert "does not work" in rooms.ask(room, "@new:x", "!link ABCDE-FGHJK-LMNPQ")
    assert "This chat is yours now" in rooms.ask(room, "@new:x", f"!link {code}")
    assert rooms.room_named(f"dm:{actor.person_id}") is not None
    with rooms.factory() as session:
        assert [matrix_id for _, matrix_id in linked_people(session, organisation.id)] == ["@new:x"]
    assert "What you can ask me" in rooms.ask(room, "@new:x", "!help")


def test_a_code_is_never_taken_where_others_read_it(rooms: FakeRooms, voting: Voting) -> None:
    with rooms.transaction() as session:
        code = make_link_code(session, voting.network.delegates["m1"])
    assert "Never write a code" in rooms.ask(voting.room, "@new:x", f"!link {code}")
    with rooms.factory() as session:
        assert person_by_chat(session, "@new:x") is None


def test_one_word_brings_a_dormant_organisation_back(rooms: FakeRooms, voting: Voting) -> None:
    assert "not dormant" in rooms.ask(voting.room, DELEGATE, "!back")
    own = voting.network.organisations["m1"].id
    with rooms.transaction() as session:
        make_dormant(session, Actor.system(), organisation_id=own)
    assert "on the next rolls again" in rooms.ask(voting.room, DELEGATE, "!back")
    with rooms.factory() as session:
        assert get_organisation(session, own).status is OrganisationStatus.ACTIVE


def test_an_unknown_language_is_refused(rooms: FakeRooms, voting: Voting) -> None:
    assert "does not speak this language" in rooms.ask(voting.room, DELEGATE, "!lang tlh")


def test_help_shows_what_this_person_may_do(rooms: FakeRooms, voting: Voting) -> None:
    answer = rooms.ask(voting.room, DELEGATE, "!help")
    assert "!vote REF" in answer
    assert "!call REF" not in answer


def test_an_unknown_command_says_where_help_is(rooms: FakeRooms, voting: Voting) -> None:
    assert "!help" in rooms.ask(voting.room, DELEGATE, "!frobnicate")


# ---------------------------------------------------------------- the inbox


def test_what_was_said_is_forgotten_once_it_is_dealt_with(rooms: FakeRooms, voting: Voting) -> None:
    rooms.say(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    with rooms.factory() as session:
        row = session.scalar(select(Incoming))
        assert row is not None
        assert (row.fate, row.event, row.stands) == (Fate.DONE, None, True)


def test_poison_is_put_aside_and_the_rest_goes_on(
    rooms: FakeRooms, voting: Voting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a worker's name")

    monkeypatch.setattr("bots.commands.board.audit.head", broken)
    poison = rooms.say(voting.room, DELEGATE, f"!board {voting.ref}")
    rooms.ask(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    with rooms.factory() as session:
        row = session.scalar(select(Incoming).where(Incoming.event_id == poison))
        assert row is not None
        assert (row.fate, row.error) == (Fate.DEAD, "KeyError")
    reply = rooms.reply(poison)
    assert reply is not None
    assert reply.template == "broken"
    assert all_casts(rooms) == 1


def test_a_refused_act_leaves_nothing_behind_but_the_refusal(rooms: FakeRooms, voting: Voting) -> None:
    with rooms.factory() as session:
        before = len(session.scalars(select(Outgoing)).all())
    rooms.ask(voting.room, DELEGATE, f"!vote {voting.ref} block")
    with rooms.factory() as session:
        assert len(session.scalars(select(Outgoing)).all()) == before + 1


def test_a_person_has_one_direct_chat_even_after_linking_in_a_second(rooms: FakeRooms) -> None:
    with rooms.transaction() as session:
        actor = make_actor(session, make_organisation(session), Duty.ACT)
        code = make_link_code(session, actor)
    rooms.open(f"dm:{actor.person_id}")
    second = rooms.open(f"stranger:{uuid.uuid4()}")
    rooms.ask(second, "@new:x", f"!link {code}")
    with rooms.factory() as session:
        kinds = [room.kind for room in session.scalars(select(Room).order_by(Room.name))]
    assert kinds == ["dm", "stranger"]
