"""Answering calls, reminding the silent, telling those who were asked: on real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Duty
from tests.conftest import MovableClock
from tests.factories.members import make_actor, make_organisation
from tests.factories.response import World, approve_text, fan_out, make_case, make_world
from urgent_appeals.jobs import remind_the_silent
from urgent_appeals.queries.leverage import fan_out_preview
from urgent_appeals.queries.response import calls_of, calls_to, open_calls_for, opt_outs_of
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.rules.leverage import RestCause
from urgent_appeals.use_cases.brakes import stop_everything
from urgent_appeals.use_cases.calls import answer_call, end_opt_out, opt_out_of_calls, update_called
from urgent_appeals.use_cases.consent import withdraw_consent

HALF, NINE_TENTHS = timedelta(days=3.5), timedelta(days=6.3)


@pytest.fixture
def world(session: Session, clock: MovableClock) -> World:
    """A case whose calls have left eleven minutes ago."""
    world = make_world(session)
    make_case(session, world)
    approve_text(session, world)
    fan_out(session, world)
    clock.move(timedelta(minutes=11))
    return world


def messages(session: Session, template: str) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.key)))


def rooms(session: Session, template: str) -> set[str]:
    return {one.recipient for one in messages(session, template) if one.recipient.startswith("org:")}


def test_an_organisation_answers_in_chat_and_another_on_the_web(session: Session, world: World) -> None:
    answer_call(session, world.people["US"], ref=world.ref, answer="will_act", via="chat")
    answer_call(session, world.people["DE"], ref=world.ref, answer=CallAnswer.CANNOT, text="Nobody free in March.")
    said = {
        row.organisation: (row.call.answer, row.call.answer_text, row.call.via) for row in calls_of(session, world.ref)
    }
    assert said["Organisation of US"] == (CallAnswer.WILL_ACT, "", "chat")
    assert said["Organisation of DE"] == (CallAnswer.CANNOT, "Nobody free in March.", "web")
    assert said["Organisation of SG"] == (None, "", None)
    assert len(messages(session, "call_answered")) == 2


def test_the_case_is_found_in_small_letters_too(session: Session, world: World) -> None:
    assert answer_call(session, world.people["US"], ref=world.ref.lower(), answer="will_act").answer is not None


@pytest.mark.parametrize("answer", ["cannot", "done"])
def test_cannot_and_done_need_words(session: Session, world: World, answer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answer_call(session, world.people["US"], ref=world.ref, answer=answer, text="  ")
    assert refusal.value.field == "text"


def test_a_promise_becomes_a_report_and_reports_add_up(session: Session, world: World) -> None:
    us = world.people["US"]
    answer_call(session, us, ref=world.ref, answer="will_act")
    answer_call(session, us, ref=world.ref, answer="done", text="We wrote to Nike.")
    answer_call(session, us, ref=world.ref, answer="done", text="They answered.")
    with pytest.raises(Conflict):
        answer_call(session, us, ref=world.ref, answer="cannot", text="no")
    row = calls_to(session, world.network["US"].id)[0]
    assert row.call.answer_text == "We wrote to Nike.\n\nThey answered."


def test_who_was_not_asked_learns_nothing(session: Session, world: World) -> None:
    for ref in (world.ref, "UA-0000"):
        with pytest.raises(NotFound):
            answer_call(session, world.people["PE"], ref=ref, answer="will_act")


def test_a_call_cannot_be_answered_before_it_left(session: Session) -> None:
    world = make_world(session)
    make_case(session, world)
    approve_text(session, world)
    fan_out(session, world)
    assert open_calls_for(session, world.network["US"].id) == []
    with pytest.raises(NotFound):
        answer_call(session, world.people["US"], ref=world.ref, answer="will_act")


def test_answering_needs_the_duty_to_act(session: Session, world: World) -> None:
    with pytest.raises(NotAllowed):
        answer_call(session, make_actor(session, world.network["US"], Duty.VOTE), ref=world.ref, answer="will_act")


def test_what_is_open_for_an_organisation(session: Session, world: World) -> None:
    own = world.network["US"].id
    assert [row.ref for row in open_calls_for(session, own)] == [world.ref]
    answer_call(session, world.people["US"], ref=world.ref, answer="will_act")
    assert [row.ref for row in open_calls_for(session, own)] == [world.ref]
    answer_call(session, world.people["US"], ref=world.ref, answer="done", text="Done.")
    assert open_calls_for(session, own) == []


# ------------------------------------------------------------------ reminders


def test_reminders_go_to_the_silent_only_twice_and_say_why(session: Session, clock: MovableClock, world: World) -> None:
    answer_call(session, world.people["US"], ref=world.ref, answer="will_act")
    remind_the_silent(session)
    assert messages(session, "call_reminder") == []
    clock.move(HALF)
    remind_the_silent(session)
    remind_the_silent(session)
    silent = {f"org:{row.call.organisation_id}" for row in calls_of(session, world.ref) if row.is_open}
    assert rooms(session, "call_reminder") == silent
    assert f"org:{world.network['US'].id}" not in silent
    first = len(messages(session, "call_reminder"))
    assert first == 2 * len(silent)
    assert all(
        "has its home" in one.values["reasons"] or "coalition" in one.values["reasons"]
        for one in messages(session, "call_reminder")
    )
    clock.move(NINE_TENTHS - HALF)
    remind_the_silent(session)
    assert len(messages(session, "call_reminder")) == 2 * first
    clock.move(timedelta(days=30))
    remind_the_silent(session)
    assert len(messages(session, "call_reminder")) == 2 * first


@pytest.mark.parametrize("brake", ["consent", "pause"])
def test_nobody_is_reminded_of_a_case_that_stands_still(
    session: Session, clock: MovableClock, world: World, brake: str
) -> None:
    if brake == "consent":
        withdraw_consent(session, world.filer, use="share_with_network")
    else:
        stop_everything(session, world.coordinator, ref=world.ref, how="by phone")
    clock.move(HALF)
    remind_the_silent(session)
    assert messages(session, "call_reminder") == []


def test_updates_go_to_exactly_those_who_were_called(session: Session, world: World) -> None:
    make_organisation(session, name="New in Germany", country="DE", side="market")
    approve_text(session, world, title="Severance still unpaid")
    told = update_called(session, world.coordinator, ref=world.ref)
    update_called(session, world.coordinator, ref=world.ref)
    assert rooms(session, "call_updated") == rooms(session, "call_opened")
    assert told == len(rooms(session, "call_opened"))
    assert len(messages(session, "call_updated")) == len(messages(session, "call_opened"))


def test_no_update_without_consent(session: Session, world: World) -> None:
    withdraw_consent(session, world.filer, use="share_with_network")
    with pytest.raises(GateShut):
        update_called(session, world.coordinator, ref=world.ref)


# ------------------------------------------------------------------ being left in peace


def test_an_opt_out_rests_an_organisation_until_it_ends(session: Session) -> None:
    world = make_world(session)
    appeal = make_case(session, world)
    us = world.people["US"]
    opt_out = opt_out_of_calls(session, us, reason="Short of people")
    with pytest.raises(Conflict):
        opt_out_of_calls(session, us, reason="again")
    resting = fan_out_preview(session, appeal).answer.resting
    assert [(one.member.name, one.rests) for one in resting] == [("Organisation of US", RestCause.OPTED_OUT)]
    with pytest.raises(NotFound):
        end_opt_out(session, world.people["DE"], opt_out_id=opt_out.id)
    end_opt_out(session, us, opt_out_id=opt_out.id)
    assert fan_out_preview(session, appeal).answer.resting == ()
    assert opt_outs_of(session, world.network["US"].id) == []


def test_an_opt_out_from_one_company(session: Session) -> None:
    world = make_world(session)
    appeal = make_case(session, world)
    opt_out_of_calls(
        session, world.people["US"], reason="We bargain with them", target_id=world.targets["Nike Inc."].id
    )
    assert "Organisation of US" not in {one.member.name for one in fan_out_preview(session, appeal).asked}
