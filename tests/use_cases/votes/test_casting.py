"""Whose cast counts, until when, and what proves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.queries import actor_for, current_mandate
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import end_mandate
from network_app.core import audit
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.outbox import Channel, Outgoing
from network_app.core.permissions import Actor, Duty
from network_app.votes.models import Cast, Proposal
from network_app.votes.queries import last_casts, proposal_by_ref, standing
from network_app.votes.rules import Ground, Position
from network_app.votes.use_cases import cast_vote
from tests.conftest import MovableClock
from tests.factories.members import make_actor
from tests.factories.votes import Network, cast, make_network, make_vote

SYSTEM = Actor.system()


def said(session: Session, proposal: Proposal) -> list[Position]:
    return [cast.position for cast in last_casts(session, proposal).values()]


def test_a_cast_is_written_to_the_board_and_its_receipt_names_the_head(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    receipt = cast(session, network.delegates["m1"], proposal, Position.AGREE_WITH_RESERVATION, reason="only by May")
    link = audit.links(session, proposal.chain)[-1]
    assert (receipt.number, receipt.head, receipt.at) == (2, link.hash, link.at)
    assert receipt.head == audit.head(session, proposal.chain) and audit.verify(session, proposal.chain) is None
    assert link.body["organisation"] == str(network.organisations["m1"].id) and link.body["reason"] == "only by May"
    # Safety: the board leaves us, and holds no person.
    assert str(network.delegates["m1"].person_id) not in str(link.body)


def test_the_last_cast_of_an_organisation_counts_whoever_of_its_delegates_cast_it(session: Session) -> None:
    network = make_network(session)
    second = make_actor(session, network.organisations["m1"], Duty.VOTE)
    proposal = make_vote(session, network)
    cast(session, network.delegates["m1"], proposal, Position.AGREE)
    cast(session, second, proposal, Position.STAND_ASIDE)
    cast(session, network.delegates["m1"], proposal, Position.ABSTAIN)
    assert said(session, proposal) == [Position.ABSTAIN]
    assert standing(session, proposal).whole.votes == 12


def test_the_same_event_again_returns_the_same_receipt_and_casts_nothing(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    delegate = network.delegates["m1"]
    first = cast(session, delegate, proposal, Position.AGREE, source_key="$event:server")
    cast(session, delegate, proposal, Position.BLOCK)
    again = cast(session, delegate, proposal, Position.AGREE, source_key="$event:server")
    assert (again.number, again.head, again.position) == (first.number, first.head, first.position)
    assert said(session, proposal) == [Position.BLOCK]


def test_another_organisation_cannot_use_an_event_that_was_counted(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    cast(session, network.delegates["m1"], proposal, Position.AGREE, source_key="$event:server")
    with pytest.raises(Conflict):
        cast(session, network.delegates["m2"], proposal, Position.AGREE, source_key="$event:server")


@pytest.mark.parametrize("position", [Position.AGREE_WITH_RESERVATION, Position.STAND_ASIDE, Position.BLOCK])
@pytest.mark.parametrize(("via", "told"), [("web", "Please give your reason"), ("poll", "!vote")])
def test_a_position_that_needs_a_reason_is_not_taken_without_one(
    session: Session, position: Position, via: str, told: str
) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    with pytest.raises(Invalid) as refused:
        cast(session, network.delegates["m1"], proposal, position, reason="  ", via=via)
    assert refused.value.field == "reason" and told in str(refused.value)
    assert said(session, proposal) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"position": "perhaps"}, "position"),
        ({"reason": "a\u202eb"}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"position": "block", "ground": "mood"}, "ground"),
    ],
)
def test_what_is_no_position_reason_or_ground_is_refused(session: Session, wrong: dict[str, Any], field: str) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    with pytest.raises(Invalid) as refused:
        cast(session, network.delegates["m1"], proposal, **({"position": "agree"} | wrong))
    assert refused.value.field == field


def test_a_mandate_given_after_the_opening_does_not_cover_this_vote(session: Session, clock: MovableClock) -> None:
    network = make_network(session)
    clock.may_be_moved()
    proposal = make_vote(session, network)
    clock.move(timedelta(minutes=1))
    late = make_actor(session, network.organisations["m1"], Duty.VOTE)
    with pytest.raises(GateShut, match="mandate"):
        cast(session, late, proposal, Position.AGREE)


def test_an_ended_mandate_casts_nothing_even_with_a_session_from_before(session: Session, clock: MovableClock) -> None:
    network = make_network(session)
    clock.may_be_moved()
    delegate = network.delegates["m1"]
    proposal = make_vote(session, network)
    cast(session, delegate, proposal, Position.AGREE)
    mandate = current_mandate(session, delegate.own_person(), delegate.own_organisation(), Duty.VOTE)
    assert mandate is not None
    end_mandate(session, SYSTEM, mandate_id=mandate.id)
    clock.move(timedelta(seconds=1))
    with pytest.raises(GateShut, match="mandate"):
        cast(session, delegate, proposal, Position.BLOCK)
    # What was cast stays the organisation's.
    assert said(session, proposal) == [Position.AGREE]


def test_a_frozen_person_casts_nothing(session: Session) -> None:
    network = make_network(session)
    delegate = network.delegates["m1"]
    helper = make_actor(session, network.organisations["m1"], Duty.ADMINISTER)
    proposal = make_vote(session, network)
    freeze_person(session, helper, person_id=delegate.own_person())
    with pytest.raises(GateShut):
        cast(session, delegate, proposal, Position.AGREE)


def test_no_other_duty_no_stranger_and_no_secretariat_casts(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    other = make_actor(session, network.organisations["m1"], Duty.ACT, Duty.COORDINATE, Duty.ADMINISTER)
    for actor in (other, Actor.nobody(), SYSTEM):
        with pytest.raises(NotAllowed):
            cast(session, actor, proposal, Position.AGREE)


def test_who_is_not_on_the_roll_is_told_so(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network, electorate=f"coalition:{network.makers.id}")
    with pytest.raises(GateShut, match="roll"):
        cast(session, network.delegates["b1"], proposal, Position.AGREE)


def test_an_affiliate_far_from_the_workers_is_told_who_casts(session: Session) -> None:
    network = make_network(session)
    for name in ("m1", "b1"):
        network.organisations[name].family = "World Union"
    proposal = make_vote(session, network, affected_countries=["KH"])
    with pytest.raises(GateShut, match="m1 casts it"):
        cast(session, network.delegates["b1"], proposal, Position.AGREE)


@pytest.mark.parametrize(("before", "counts"), [(timedelta(seconds=20), True), (timedelta(0), False)])
def test_the_deadline_is_half_open_on_the_clock_of_the_database(
    session: Session, clock: MovableClock, before: timedelta, counts: bool
) -> None:
    network = make_network(session)
    clock.may_be_moved()
    lasts = timedelta(days=3)
    proposal = make_vote(session, network, lasts=lasts)
    clock.move(lasts - before)
    if counts:
        cast(session, network.delegates["m1"], proposal, Position.AGREE)
        return
    with pytest.raises(GateShut, match="closed at"):
        cast(session, network.delegates["m1"], proposal, Position.AGREE)


def test_every_delegate_of_the_organisation_gets_the_receipt(session: Session) -> None:
    network = make_network(session)
    second = make_actor(session, network.organisations["m1"], Duty.VOTE)
    proposal = make_vote(session, network)
    receipt = cast(session, network.delegates["m1"], proposal, Position.AGREE)
    rows = receipts(session)
    assert sorted(row.key for row in rows) == sorted(
        f"vote:{proposal.id}:receipt:2:{actor.person_id}:mail" for actor in (network.delegates["m1"], second)
    )
    assert {row.values["head"] for row in rows} == {receipt.head} and rows[0].values["position"] == "We agree"


def test_where_there_is_one_delegate_the_contact_point_gets_the_receipt_too(session: Session) -> None:
    network = make_network(session)
    cast(session, network.delegates["m1"], make_vote(session, network), Position.AGREE)
    assert {(row.channel, row.recipient) for row in receipts(session)} >= {
        (Channel.MATRIX, f"org:{network.organisations['m1'].id}"),
        (Channel.MAIL, network.organisations["m1"].email),
    }


def receipts(session: Session) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.template == "vote_receipt")))


def test_a_block_names_its_ground_and_moves_the_close_once_so_that_there_can_be_a_talk(
    session: Session, clock: MovableClock
) -> None:
    network = make_network(session)
    clock.may_be_moved()
    proposal = make_vote(session, network, lasts=timedelta(days=3))
    first_close = proposal.closes()
    clock.move(timedelta(days=2))
    proposal = proposal_by_ref(session, proposal.ref)
    cast(session, network.delegates["m2"], proposal, Position.BLOCK, reason="safety: organisers are followed")
    second_close = proposal.closes()
    assert timedelta(days=2) - timedelta(minutes=1) < second_close - first_close < timedelta(days=2, minutes=1)
    clock.move(timedelta(days=1))
    proposal = proposal_by_ref(session, proposal.ref)
    cast(session, network.delegates["m3"], proposal, Position.BLOCK, reason="no", ground="mandate")
    assert proposal.closes() == second_close
    assert [c.ground for c in last_casts(session, proposal).values()] == [Ground.SAFETY, Ground.MANDATE]
    moves = [link.body for link in audit.links(session, proposal.chain) if link.body["act"] == "close_moved"]
    assert moves == [{"act": "close_moved", "why": "block", "closes_at": second_close.isoformat()}]


def test_everybody_hears_of_a_block_and_nobody_hears_its_reason_in_a_room(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network)
    cast(session, network.delegates["m2"], proposal, Position.BLOCK, reason="Sokha was followed", ground="safety")
    rows = list(session.scalars(select(Outgoing).where(Outgoing.template == "vote_blocked")))
    rooms = {row.recipient for row in rows if row.channel is Channel.MATRIX}
    assert rooms == {f"org:{organisation.id}" for organisation in network.organisations.values()}
    assert rows[0].values["ground"] == "The safety of workers" and rows[0].values["organisation"] == "m2"
    everything = session.scalars(select(Outgoing)).all()
    assert not [row.key for row in everything if "Sokha" in str(row.values)]


def test_a_draft_takes_no_cast(session: Session) -> None:
    network = make_network(session)
    from tests.factories.votes import make_proposal

    proposal = make_proposal(session, network.delegates["m1"])
    with pytest.raises(GateShut, match="not open"):
        cast(session, network.delegates["m1"], proposal, Position.AGREE)


def test_the_actor_is_read_again_from_the_mandates(session: Session) -> None:
    """A person with mandates in two organisations casts for the one they act for, and for no other."""
    network = make_network(session)
    from members.use_cases.mandates import grant_mandate

    person = network.delegates["m1"].own_person()
    other = network.organisations["m2"]
    grant_mandate(session, SYSTEM, person_id=person, organisation_id=other.id, duty=Duty.ACT)
    proposal = make_vote(session, network)
    with pytest.raises(NotAllowed):
        cast_vote(
            session, actor_for(session, person, other.id), ref=proposal.ref, position="agree", via="web", source_key="k"
        )
    assert session.scalars(select(Cast)).all() == []
    assert isinstance(network, Network)
