"""Every command, as a delegate in a room uses it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from bots.inbox import Fate, Incoming
from bots.registry import Room
from members.models import Organisation
from members.queries import linked_people, person_by_chat
from members.use_cases.chat_links import make_link_code
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import end_mandate
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from network_app.votes.models import Cast
from network_app.votes.queries import last_casts, poll_options, proposal_by_ref
from network_app.votes.rules import Position
from tests.factories.members import give_duties, make_actor, make_organisation
from tests.factories.response import World, approve_text, fan_out, make_case, make_world
from tests.factories.votes import Network, make_network, make_vote
from tests.fakes.room import FakeRooms
from urgent_appeals.models import Appeal, Call

DELEGATE = "@delegate:x"


@dataclass
class Voting:
    """An open vote, the room of m1 and its linked delegate."""

    network: Network
    room: str
    ref: str
    organisation: Organisation
    options: dict[Position, str] = field(default_factory=dict)


@pytest.fixture
def voting(rooms: FakeRooms) -> Voting:
    with rooms.transaction() as session:
        network = make_network(session)
        proposal = make_vote(session, network)
        organisation = network.organisations["m1"]
        options = {one.position: one.answer_id for one in poll_options(session, proposal, organisation.id)}
        ref, person = proposal.ref, network.delegates["m1"].person_id
    assert person is not None
    rooms.link(person, DELEGATE)
    return Voting(network, rooms.open(f"org:{organisation.id}"), ref, organisation, options)


def cast_of(rooms: FakeRooms, voting: Voting) -> Cast | None:
    with rooms.factory() as session:
        proposal = proposal_by_ref(session, voting.ref)
        return last_casts(session, proposal).get(voting.organisation.id)


def all_casts(rooms: FakeRooms) -> int:
    with rooms.factory() as session:
        return len(session.scalars(select(Cast)).all())


# ---------------------------------------------------------------- votes


def test_a_vote_is_cast_and_the_receipt_comes_back(rooms: FakeRooms, voting: Voting) -> None:
    answer = rooms.ask(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    cast = cast_of(rooms, voting)
    assert cast is not None
    assert (cast.position, cast.via) == (Position.AGREE, "chat")
    assert f"{voting.ref}: your vote is counted." in answer
    assert f"number {cast.seq}" in answer
    assert cast.head in answer


def test_the_last_vote_counts_whatever_way_it_came(rooms: FakeRooms, voting: Voting) -> None:
    rooms.ask(voting.room, DELEGATE, f"!vote {voting.ref} block because safety: threats")
    answered = {"org.matrix.msc3381.poll.response": {"answers": [voting.options[Position.AGREE]]}}
    rooms.happens(voting.room, DELEGATE, answered, "org.matrix.msc3381.poll.response")
    cast = cast_of(rooms, voting)
    assert cast is not None
    assert (cast.position, cast.via) == (Position.AGREE, "poll")


def test_a_poll_answer_of_another_organisation_casts_nothing(rooms: FakeRooms, voting: Voting) -> None:
    with rooms.factory() as session:
        proposal = proposal_by_ref(session, voting.ref)
        foreign = poll_options(session, proposal, voting.network.organisations["m2"].id)[0].answer_id
    event = rooms.happens(voting.room, DELEGATE, {"m.selections": [foreign]}, "m.poll.response")
    reply = rooms.reply(event)
    assert reply is not None
    assert reply.template == "refused"
    assert all_casts(rooms) == 0


@pytest.mark.parametrize("picked", [[], ["nonsense"], ["a", "b"], "agree", None])
def test_a_spoiled_poll_answer_casts_nothing_and_is_told(rooms: FakeRooms, voting: Voting, picked: object) -> None:
    event = rooms.happens(voting.room, DELEGATE, {"m.selections": picked}, "m.poll.response")
    reply = rooms.reply(event)
    assert reply is not None
    assert reply.template == "refused"
    assert all_casts(rooms) == 0


def test_an_answer_that_needs_a_reason_says_how_to_give_it(rooms: FakeRooms, voting: Voting) -> None:
    block = voting.options[Position.BLOCK]
    event = rooms.happens(voting.room, DELEGATE, {"m.selections": [block]}, "m.poll.response")
    reply = rooms.reply(event)
    assert reply is not None
    assert f"!vote {voting.ref} block because" in reply.values["why"]


def test_editing_or_removing_a_vote_changes_nothing_and_is_told(rooms: FakeRooms, voting: Voting) -> None:
    vote = rooms.say(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": vote}}
    edit = rooms.say(voting.room, DELEGATE, f"!vote {voting.ref} block because x", **relation)
    removal = rooms.happens(voting.room, DELEGATE, {"redacts": vote}, "m.room.redaction")
    assert [getattr(rooms.reply(event), "template", None) for event in (edit, removal)] == ["it_stands", "it_stands"]
    cast = cast_of(rooms, voting)
    assert cast is not None
    assert cast.position is Position.AGREE
    assert all_casts(rooms) == 1


def test_editing_other_talk_is_nobodys_business(rooms: FakeRooms, voting: Voting) -> None:
    talk = rooms.say(voting.room, DELEGATE, "good morning")
    relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": talk}}
    rooms.say(voting.room, DELEGATE, "* good morning!", **relation)
    assert rooms.replies() == []


def test_the_same_event_again_changes_nothing(rooms: FakeRooms, voting: Voting) -> None:
    raw = {
        "event_id": "$again",
        "sender": DELEGATE,
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": f"!vote {voting.ref} agree"},
    }
    for _ in range(3):
        rooms.arrive(voting.room, [raw])
        rooms.deal()
    assert all_casts(rooms) == 1
    assert len(rooms.replies()) == 1


def test_a_vote_in_a_bengali_room_is_answered_in_bengali(rooms: FakeRooms, voting: Voting) -> None:
    rooms.ask(voting.room, DELEGATE, "!lang bn")
    event = rooms.say(voting.room, DELEGATE, f"!ভোট {voting.ref} সম্মত")
    reply = rooms.reply(event)
    assert reply is not None
    assert reply.language == "bn"
    cast = cast_of(rooms, voting)
    assert cast is not None


def test_the_board_is_shown(rooms: FakeRooms, voting: Voting) -> None:
    rooms.say(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    answer = rooms.ask(voting.room, DELEGATE, f"!board {voting.ref.lower()}")
    assert "We agree: 1" in answer
    assert "Silent: 11" in answer


# ---------------------------------------------------------------- who may


def test_a_stranger_in_the_room_is_not_even_answered(rooms: FakeRooms, voting: Voting) -> None:
    rooms.say(voting.room, "@stranger:x", f"!vote {voting.ref} agree")
    rooms.say(voting.room, "@stranger:x", "!help")
    rooms.say(voting.room, "@delegate:y", f"!vote {voting.ref} agree")
    rooms.say(voting.room, "@Delegate:x", f"!vote {voting.ref} agree")
    answered = {"m.selections": [voting.options[Position.AGREE]]}
    rooms.happens(voting.room, "@stranger:x", answered, "m.poll.response")
    assert rooms.replies() == []
    assert all_casts(rooms) == 0


def test_somebody_of_another_organisation_cannot_speak_for_this_one(rooms: FakeRooms, voting: Voting) -> None:
    other = voting.network.delegates["m2"].person_id
    assert other is not None
    rooms.link(other, "@other:x")
    answer = rooms.ask(voting.room, "@other:x", f"!vote {voting.ref} agree")
    assert "You hold no mandate here now." in answer
    assert all_casts(rooms) == 0


def test_a_mandate_that_ended_casts_nothing_more(rooms: FakeRooms, voting: Voting) -> None:
    person = voting.network.delegates["m1"].person_id
    assert person is not None
    with rooms.transaction() as session:
        mandate = next(iter(voting.network.delegates["m1"].mandate_ids))
        end_mandate(session, Actor.system(), mandate_id=mandate)
    answer = rooms.ask(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    assert "Nothing was done." in answer
    assert all_casts(rooms) == 0


def test_a_frozen_persons_chat_is_a_strangers(rooms: FakeRooms, voting: Voting) -> None:
    person = voting.network.delegates["m1"].person_id
    assert person is not None
    with rooms.transaction() as session:
        freeze_person(session, Actor.system(), person_id=person)
    rooms.say(voting.room, DELEGATE, f"!vote {voting.ref} agree")
    assert rooms.replies() == []
    assert all_casts(rooms) == 0


def test_who_acts_for_two_organisations_must_say_for_which(rooms: FakeRooms, voting: Voting) -> None:
    with rooms.transaction() as session:
        second = make_organisation(session)
        person = person_by_chat(session, DELEGATE)
        assert person is not None
        give_duties(session, second, person, [Duty.ACT])
    chat = rooms.open(f"dm:{voting.network.delegates['m1'].person_id}")
    answer = rooms.ask(chat, DELEGATE, f"!vote {voting.ref} agree")
    assert "You act for several organisations." in answer
    assert all_casts(rooms) == 0


def test_events_of_other_rooms_are_not_kept(rooms: FakeRooms, voting: Voting) -> None:
    rooms.say("!elsewhere", DELEGATE, f"!vote {voting.ref} agree")
    with rooms.factory() as session:
        assert session.scalars(select(Incoming)).all() == []


# ---------------------------------------------------------------- calls and cases


@dataclass
class Called:
    """A case whose call went to an organisation, its room and its linked person."""

    world: World
    room: str
    ref: str


@pytest.fixture
def called(rooms: FakeRooms, clock: object) -> Called:
    with rooms.transaction() as session:
        world = make_world(session)
        make_case(session, world)
        approve_text(session, world)
        fan_out(session, world)
        organisation, person = world.network["DE"], world.people["DE"].person_id
        ref = world.ref
    assert person is not None
    clock.move(timedelta(minutes=11))  # type: ignore[attr-defined]
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
