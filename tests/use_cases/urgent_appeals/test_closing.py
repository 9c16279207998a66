"""Closing on the workers' word: who may, with which outcome, and who is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.errors import Conflict, NotFound
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor
from tests.conftest import MovableClock
from tests.factories.response import World, approve_text, fan_out, make_case, make_world
from urgent_appeals.queries.response import open_calls_for
from urgent_appeals.rules.stages import Outcome, Stage
from urgent_appeals.use_cases.closing import close_appeal
from urgent_appeals.use_cases.remedy import add_demand, confirm_receipt_by_workers, count_reached


@pytest.fixture
def world(session: Session, clock: MovableClock) -> World:
    """A case that was fanned out."""
    world = make_world(session)
    make_case(session, world)
    approve_text(session, world)
    fan_out(session, world)
    clock.move(timedelta(minutes=11))
    return world


@pytest.mark.parametrize("who", ["officer", "filer"])
def test_the_workers_close_their_case(session: Session, world: World, who: str) -> None:
    appeal = close_appeal(session, getattr(world, who), ref=world.ref, outcome="partial", word="Half was paid.")
    assert (appeal.stage, appeal.outcome) == (Stage.CLOSED, Outcome.PARTIAL)
    assert appeal.closed_at is not None
    assert audit.verify(session, f"appeal:{appeal.id}") is None
    told = {one.recipient for one in session.scalars(select(Outgoing).where(Outgoing.template == "call_closed"))}
    called = {one.recipient for one in session.scalars(select(Outgoing).where(Outgoing.template == "call_opened"))}
    assert told == called != set()
    assert open_calls_for(session, world.network["US"].id) == []


def test_nobody_else_closes_it(session: Session, world: World) -> None:
    for actor in (world.coordinator, world.verifier, world.people["US"], Actor.system(), Actor.nobody()):
        with pytest.raises(NotFound):
            close_appeal(session, actor, ref=world.ref, outcome="none")


def test_it_is_never_full_while_a_sum_is_open_or_a_charge_stands(session: Session, world: World) -> None:
    money = add_demand(
        session, world.coordinator, ref=world.ref, kind="money", what="Pay", amount=Decimal(100), currency="USD"
    )
    charges = add_demand(session, world.coordinator, ref=world.ref, kind="charges_dropped", what="Charges", wanted=2)
    with pytest.raises(Conflict, match="charge"):
        close_appeal(session, world.filer, ref=world.ref, outcome="full")
    count_reached(session, world.coordinator, ref=world.ref, demand_id=charges.id, reached=2)
    with pytest.raises(Conflict, match="sum"):
        close_appeal(session, world.filer, ref=world.ref, outcome="full")
    confirm_receipt_by_workers(
        session,
        world.filer,
        ref=world.ref,
        demand_id=money.id,
        amount=Decimal(100),
        currency="USD",
        received_on=date(2024, 5, 2),
    )
    assert close_appeal(session, world.filer, ref=world.ref, outcome="full").outcome is Outcome.FULL


def test_a_closed_case_is_closed_once_and_its_demands_rest(session: Session, world: World) -> None:
    close_appeal(session, world.officer, ref=world.ref, outcome="none")
    with pytest.raises(Conflict):
        close_appeal(session, world.officer, ref=world.ref, outcome="full")


def test_an_unverified_appeal_is_not_closed_but_declined_or_taken_back(session: Session, world: World) -> None:
    world.case.stage = Stage.VERIFYING
    with pytest.raises(Conflict):
        close_appeal(session, world.officer, ref=world.ref, outcome="none")
