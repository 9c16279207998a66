"""Votes by command and by poll answer, as a delegate in a room casts them, and who may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bots.inbox import Incoming
from members.queries import person_by_chat
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import end_mandate
from network_app.core.permissions import Actor, Duty
from network_app.votes.queries import poll_options, proposal_by_ref
from network_app.votes.rules import Position
from tests.factories.members import give_duties, make_organisation
from tests.fakes.room import FakeRooms
from tests.fakes.voting import DELEGATE, Voting, all_casts, cast_of

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
    assert "Nothing was done. You hold no mandate here now." in answer
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
    assert "You act for several organisations (m1, Union " in answer
    assert all_casts(rooms) == 0


def test_events_of_other_rooms_are_not_kept(rooms: FakeRooms, voting: Voting) -> None:
    rooms.say("!elsewhere", DELEGATE, f"!vote {voting.ref} agree")
    with rooms.factory() as session:
        assert session.scalars(select(Incoming)).all() == []
