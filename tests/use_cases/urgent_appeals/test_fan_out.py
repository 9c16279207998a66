"""Fan-out on real databases: who is asked, with what, when it leaves, and what keeps it from leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.outbox import Channel, Outgoing, State
from network_app.core.permissions import Duty
from network_app.gates import open_gate
from tests.conftest import MovableClock
from tests.factories.members import make_actor, make_organisation
from tests.factories.response import TEXT, World, approve_text, fan_out, make_case, make_world
from urgent_appeals.jobs import correct_the_unconfirmed
from urgent_appeals.models import Call
from urgent_appeals.queries.leverage import fan_out_preview
from urgent_appeals.queries.response import calls_of, calls_of_appeal, targets_of
from urgent_appeals.rules.calls import Action
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.consent import withdraw_consent
from urgent_appeals.use_cases.fan_out import fan_out_appeal, recall_fan_out
from urgent_appeals.use_cases.verification import verify_appeal

CALLED = {"Organisation of US", "Organisation of DE", "Organisation of SG"}


@pytest.fixture
def world(session: Session) -> World:
    """A case that is ready to be fanned out."""
    world = make_world(session)
    make_case(session, world)
    approve_text(session, world)
    return world


def messages(session: Session, template: str = "call_opened") -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.key)))


def test_exactly_those_with_leverage_are_asked_once_in_their_room_and_by_mail(session: Session, world: World) -> None:
    fan_out(session, world)
    called = {row.organisation: row.reasons for row in calls_of(session, world.ref)}
    assert CALLED < set(called)
    assert called["Organisation of US"] == ("Nike Inc. has its home in United States",)
    assert called["Organisation of SG"] == ("the factory owner Ramatex Group has its home in Singapore",)
    assert "Organisation of PE" not in called and "Union of Phnom Penh" not in called
    sent = messages(session)
    assert len(sent) == 2 * len(called)
    assert len({(one.channel, one.recipient) for one in sent}) == len(sent)
    rooms = {one.recipient for one in sent if one.channel is Channel.MATRIX}
    assert f"org:{world.network['US'].id}" in rooms


def test_a_message_holds_nothing_of_what_the_workers_wrote(session: Session, world: World) -> None:
    fan_out(session, world)
    for message in messages(session):
        assert "Sokha" not in str(message.values) and "345" not in str(message.values)
        assert message.values["title"] == TEXT["title"]
        assert "has its home" in message.values["reasons"] or "coalition" in message.values["reasons"]


def test_it_leaves_after_the_undo_and_only_while_the_consent_holds(session: Session, world: World) -> None:
    planned = fan_out(session, world)
    assert planned.leaves_at - planned.planned_at == timedelta(minutes=10)
    message = messages(session)[0]
    assert message.not_before == planned.leaves_at
    assert message.gate and open_gate(session, message.gate) is None
    withdraw_consent(session, world.coordinator, use="share_with_network", ref=world.ref)
    assert open_gate(session, message.gate) is not None


def test_pressing_twice_asks_once(session: Session, world: World) -> None:
    fan_out(session, world)
    before = len(messages(session))
    with pytest.raises(Conflict):
        fan_out(session, world)
    assert len(messages(session)) == before


def test_a_second_round_asks_only_who_was_not_asked(session: Session, world: World) -> None:
    fan_out(session, world)
    with pytest.raises(Conflict, match="nobody left"):
        fan_out(session, world, round_nr=2)
    newcomer = make_organisation(session, name="New in Germany", country="DE", side="market")
    fan_out(session, world, round_nr=2)
    second = [row for row in calls_of_appeal(session, world.case) if row.call.round == 2]
    assert [row.call.organisation_id for row in second] == [newcomer.id]


def test_an_undo_takes_everything_back_and_lets_the_same_be_asked_again(session: Session, world: World) -> None:
    fan_out(session, world)
    stopped = recall_fan_out(session, world.coordinator, ref=world.ref)
    assert stopped == len(messages(session)) > 0
    assert {one.state for one in messages(session)} == {State.RECALLED}
    assert calls_of(session, world.ref) == []
    fan_out(session, world, round_nr=2)
    assert CALLED < {row.organisation for row in calls_of(session, world.ref)}


def test_there_is_no_undo_once_it_has_left(session: Session, clock: MovableClock, world: World) -> None:
    fan_out(session, world)
    clock.move(timedelta(minutes=10))
    with pytest.raises(Conflict):
        recall_fan_out(session, world.coordinator, ref=world.ref)


@pytest.mark.parametrize("missing", ["consent", "text"])
def test_without_consent_or_text_nothing_leaves_and_the_sentence_says_what_is_missing(
    session: Session, missing: str
) -> None:
    world = make_world(session)
    make_case(session, world, share=missing != "consent")
    if missing == "consent":
        with pytest.raises(GateShut):
            approve_text(session, world)
    with pytest.raises(GateShut, match=r"consent to sharing the case|approved the text"):
        fan_out(session, world)
    assert messages(session) == []


def test_a_withdrawn_consent_shuts_the_fan_out(session: Session, world: World) -> None:
    withdraw_consent(session, world.filer, use="share_with_network")
    with pytest.raises(GateShut, match="consent"):
        fan_out(session, world)


@pytest.mark.parametrize("duty", [Duty.FILE, Duty.VOTE, Duty.ACT, Duty.ADMINISTER])
def test_only_who_verifies_or_coordinates_fans_out(session: Session, world: World, duty: Duty) -> None:
    actor = make_actor(session, world.workers, duty)
    with pytest.raises(NotAllowed):
        fan_out_appeal(session, actor, ref=world.ref, round_nr=1, asked=["letter"])


def test_a_case_far_away_does_not_exist_for_others(session: Session, world: World) -> None:
    stranger = make_actor(session, world.network["PE"], Duty.COORDINATE, Duty.VERIFY)
    with pytest.raises(NotFound):
        fan_out_appeal(session, stranger, ref=world.ref, round_nr=1, asked=["letter"])


@pytest.mark.parametrize("asked", [[], [Action.PRESS], [Action.LETTER, Action.STORE_ACTION]])
def test_something_must_be_asked_and_nothing_in_public(session: Session, world: World, asked: list[Action]) -> None:
    with pytest.raises(Invalid) as refusal:
        fan_out_appeal(session, world.coordinator, ref=world.ref, round_nr=1, asked=asked)
    assert refusal.value.field == "asked"


def test_the_busy_are_spared_on_the_harm_clock_only(session: Session, world: World) -> None:
    world.network["US"].monthly_call_cap = 0
    preview = fan_out_preview(session, world.case)
    assert "Organisation of US" not in {one.member.name for one in preview.asked}
    assert [one.member.name for one in preview.answer.resting] == ["Organisation of US"]
    assert [one.name for one in preview.answer.orphans] == ["Matalan", "Nike Inc."]


def test_targets_get_an_owner_and_orphans_come_first(session: Session, world: World) -> None:
    fan_out(session, world)
    rows = targets_of(session, world.case)
    assert [(row.name, row.owner, row.is_orphan) for row in rows] == [
        ("Matalan", "", True),
        ("C&A", "Organisation of DE", False),
        ("Nike Inc.", "Organisation of US", False),
        ("Ramatex Group", "Organisation of SG", False),
    ]
    assert [row.name for row in rows if row.in_conflict] == ["Nike Inc."]


def test_the_first_fan_out_makes_the_case_active_and_the_chain_holds(session: Session, world: World) -> None:
    fan_out(session, world)
    assert world.case.stage is Stage.ACTIVE
    acts = [link.body["act"] for link in audit.links(session, f"appeal:{world.case.id}")]
    assert "fan_out_planned" in acts
    assert audit.verify(session, f"appeal:{world.case.id}") is None


# ------------------------------------------------------------------ danger


@pytest.fixture
def danger(session: Session, clock: MovableClock) -> World:
    """A case on the danger clock, asked just now."""
    world = make_world(session)
    make_case(session, world, danger=True)
    world.network["US"].monthly_call_cap = 0
    approve_text(session, world)
    fan_out(session, world)
    return world


def test_in_danger_it_leaves_at_once_and_no_cap_binds(session: Session, danger: World) -> None:
    assert "Organisation of US" in {row.organisation for row in calls_of(session, danger.ref)}
    assert all(one.not_before <= one.created_at for one in messages(session))
    with pytest.raises(Conflict):
        recall_fan_out(session, danger.coordinator, ref=danger.ref)


def test_without_a_second_verifier_everyone_alerted_gets_a_correction(
    session: Session, clock: MovableClock, danger: World
) -> None:
    clock.move(timedelta(hours=23, minutes=59))
    correct_the_unconfirmed(session)
    assert messages(session, "call_corrected") == []
    clock.move(timedelta(minutes=2))
    correct_the_unconfirmed(session)
    correct_the_unconfirmed(session)
    told = {one.recipient for one in messages(session, "call_corrected")}
    assert told == {one.recipient for one in messages(session)}
    assert len(messages(session, "call_corrected")) == len(messages(session))


def test_a_second_verifier_spares_them_the_correction(session: Session, clock: MovableClock, danger: World) -> None:
    fourth = make_organisation(session, name="Fourth centre", country="LA", coalition=danger.asia)
    verify_appeal(session, make_actor(session, fourth, Duty.VERIFY), ref=danger.ref, source="The family, by phone.")
    clock.move(timedelta(hours=25))
    correct_the_unconfirmed(session)
    assert messages(session, "call_corrected") == []


def test_calls_are_unique_per_organisation_and_round(session: Session, world: World) -> None:
    fan_out(session, world)
    call = session.scalars(select(Call)).first()
    assert call is not None
    again = {column.name: getattr(call, column.name) for column in Call.__table__.columns if column.name != "id"}
    with pytest.raises(Exception, match=r"(?i)unique"), session.begin_nested():
        session.add(Call(**again))
        session.flush()
