"""Demands and money on real databases: each step with its proof, and only the workers say what reached them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core import clock as the_clock
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.permissions import Actor, Duty
from tests.factories.members import make_actor
from tests.factories.response import World, make_case, make_world
from urgent_appeals.models import Demand
from urgent_appeals.queries.remedy import demands_of, received_totals, totals_of
from urgent_appeals.rules.demands import DemandKind, DemandState, PaymentRoute
from urgent_appeals.use_cases.remedy import (
    add_demand,
    confirm_receipt_by_workers,
    count_reached,
    move_demand,
    record_payment,
)

OWED = Decimal("1400000.00")
DAY = date(2024, 5, 2)


@pytest.fixture
def world(session: Session) -> World:
    """An accepted case."""
    world = make_world(session)
    make_case(session, world)
    return world


@pytest.fixture
def severance(session: Session, world: World) -> Demand:
    """1.4 million dollars owed."""
    return add_demand(
        session, world.coordinator, ref=world.ref, kind="money", what="Severance", amount=OWED, currency="usd"
    )


def pay(
    session: Session, world: World, demand: Demand, route: str, amount: Decimal = OWED, currency: str = "USD"
) -> None:
    record_payment(
        session,
        world.coordinator,
        ref=world.ref,
        demand_id=demand.id,
        route=route,
        amount=amount,
        currency=currency,
        paid_on=DAY,
        payer="Ramatex Group",
    )


def receive(session: Session, actor: Actor, world: World, demand: Demand, amount: Decimal = OWED) -> None:
    confirm_receipt_by_workers(
        session,
        actor,
        ref=world.ref,
        demand_id=demand.id,
        amount=amount,
        currency="USD",
        received_on=DAY,
        workers_counted=1284,
    )


def test_money_goes_its_way_and_the_workers_say_the_last_word(
    session: Session, world: World, severance: Demand
) -> None:
    seen = [severance.state]
    for route in ("promised", "to_factory"):
        pay(session, world, severance, route)
        seen.append(severance.state)
    receive(session, world.officer, world, severance)
    seen.append(severance.state)
    assert seen == [
        DemandState.OPEN,
        DemandState.PROMISED,
        DemandState.PAID_TO_FACTORY,
        DemandState.RECEIVED_BY_WORKERS,
    ]
    row = demands_of(session, world.case.id)[0]
    sums = totals_of([row])["USD"]
    assert (sums.promised, sums.to_factory, sums.to_fund, sums.received) == (OWED, OWED, 0, OWED)
    assert row.payments[-1].workers_counted == 1284
    acts = [link.body["act"] for link in audit.links(session, f"appeal:{world.case.id}")]
    assert acts[-2:] == ["received_by_workers", "demand_moved"]
    assert audit.verify(session, f"appeal:{world.case.id}") is None


def test_who_holds_the_receipt_may_say_it_too(session: Session, world: World, severance: Demand) -> None:
    receive(session, world.filer, world, severance)
    assert severance.state is DemandState.RECEIVED_BY_WORKERS
    assert demands_of(session, world.case.id)[0].payments[0].by_filer


def test_nobody_else_may_say_that_workers_received_it(session: Session, world: World, severance: Demand) -> None:
    other_case = Actor.filer(severance.id)
    for actor in (world.coordinator, world.verifier, world.people["US"], other_case, Actor.nobody(), Actor.system()):
        with pytest.raises(NotFound):
            receive(session, actor, world, severance)
    with pytest.raises(NotFound):
        receive(session, make_actor(session, world.workers, Duty.VOTE), world, severance)
    with pytest.raises(NotAllowed):
        pay(session, world, severance, "to_workers")
    assert severance.state is DemandState.OPEN


def test_what_the_factory_got_is_never_added_to_what_workers_received(
    session: Session, world: World, severance: Demand
) -> None:
    pay(session, world, severance, "to_factory")
    receive(session, world.filer, world, severance, Decimal("1000.50"))
    assert severance.state is DemandState.PAID_TO_FACTORY
    assert received_totals(session)["USD"].received == Decimal("1000.50")
    receive(session, world.filer, world, severance, OWED - Decimal("1000.50"))
    assert severance.state is DemandState.RECEIVED_BY_WORKERS


def test_sums_are_exact_and_apart_by_currency(session: Session, world: World, severance: Demand) -> None:
    pay(session, world, severance, "to_fund", Decimal("0.10"))
    pay(session, world, severance, "to_fund", Decimal("0.20"))
    pay(session, world, severance, "to_fund", Decimal("9999999999999.99"), "KHR")
    session.expire_all()
    sums = received_totals(session)
    assert sums["USD"].to_fund == Decimal("0.30")
    assert sums["KHR"].to_fund == Decimal("9999999999999.99")


@pytest.mark.parametrize(
    ("amount", "currency", "paid_on", "payer", "field"),
    [
        (Decimal(0), "USD", DAY, "Nike", "amount"),
        (Decimal(-5), "USD", DAY, "Nike", "amount"),
        (Decimal("1.005"), "USD", DAY, "Nike", "amount"),
        (Decimal("NaN"), "USD", DAY, "Nike", "amount"),
        (Decimal(10) ** 13, "USD", DAY, "Nike", "amount"),
        (OWED, "dollars", DAY, "Nike", "currency"),
        (OWED, "", DAY, "Nike", "currency"),
        (OWED, "USD", None, "Nike", "paid_on"),
        (OWED, "USD", DAY, " ", "payer"),
        (OWED, "USD", DAY, "Ni\u202eke", "payer"),
    ],
)
def test_a_wrong_entry_names_its_field(
    session: Session,
    world: World,
    severance: Demand,
    amount: Decimal,
    currency: str,
    paid_on: date | None,
    payer: str,
    field: str,
) -> None:
    tomorrow = the_clock.now(session).date() + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        record_payment(
            session,
            world.coordinator,
            ref=world.ref,
            demand_id=severance.id,
            route=PaymentRoute.PROMISED,
            amount=amount,
            currency=currency,
            paid_on=paid_on or tomorrow,
            payer=payer,
        )
    assert refusal.value.field == field


def test_each_kind_moves_on_its_own_path(session: Session, world: World, severance: Demand) -> None:
    release = add_demand(session, world.coordinator, ref=world.ref, kind=DemandKind.RELEASE, what="Release")
    move_demand(session, world.coordinator, ref=world.ref, demand_id=release.id, state="on_bail")
    assert release.state is DemandState.ON_BAIL
    for demand, state in ((release, "recognised"), (severance, "received_by_workers")):
        with pytest.raises(Conflict):
            move_demand(session, world.coordinator, ref=world.ref, demand_id=demand.id, state=state)


def test_people_are_counted_n_of_m(session: Session, world: World) -> None:
    back = add_demand(session, world.coordinator, ref=world.ref, kind="reinstatement", what="Back to work", wanted=12)
    count_reached(session, world.coordinator, ref=world.ref, demand_id=back.id, reached=5)
    assert (back.state, back.reached) == (DemandState.SOME_BACK, 5)
    with pytest.raises(Conflict):
        count_reached(session, world.coordinator, ref=world.ref, demand_id=back.id, reached=13)
    count_reached(session, world.coordinator, ref=world.ref, demand_id=back.id, reached=12)
    assert back.state is DemandState.ALL_BACK
    with pytest.raises(Invalid):
        add_demand(session, world.coordinator, ref=world.ref, kind="charges_dropped", what="Charges")


def test_a_demand_of_another_case_does_not_exist(session: Session, world: World, severance: Demand) -> None:
    elsewhere = make_world(session, countries=())
    elsewhere.coordinator = world.coordinator
    first = world.appeal
    other = make_actor(session, world.workers, Duty.FILE, Duty.COORDINATE)
    assert first is not None
    release = add_demand(session, world.coordinator, ref=world.ref, kind="release", what="Release")
    with pytest.raises(Conflict):
        pay(session, world, release, "promised")
    with pytest.raises(NotFound):
        confirm_receipt_by_workers(
            session, other, ref="UA-9999", demand_id=severance.id, amount=OWED, currency="USD", received_on=DAY
        )
