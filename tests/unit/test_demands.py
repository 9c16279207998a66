"""Demands on plain values: each kind's path, the ledger's sums, and what forbids to call a case fully reached."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core.errors import Conflict
from urgent_appeals.rules.demands import (
    COUNTED,
    PATHS,
    PROOFS,
    DemandKind,
    DemandState,
    PaymentRoute,
    check_outcome,
    check_step,
    counted_state,
    is_met,
    money_state,
    steps,
    totals,
    why_not_full,
)
from urgent_appeals.rules.stages import Outcome


@dataclass(frozen=True)
class Line:
    route: PaymentRoute
    amount: Decimal
    currency: str = "USD"


@dataclass(frozen=True)
class Asked:
    kind: DemandKind
    state: DemandState


def line(route: PaymentRoute, amount: int, currency: str = "USD") -> Line:
    return Line(route, Decimal(amount), currency)


OWED = Decimal(1_400_000)
LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from(list(PaymentRoute)),
        st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100),
        st.sampled_from(["USD", "KHR", "EUR"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", list(DemandKind))
def test_every_kind_has_a_path_of_its_own_that_starts_open_and_a_proof(kind: DemandKind) -> None:
    assert PATHS[kind][0] is DemandState.OPEN
    assert len(set(PATHS[kind])) == len(PATHS[kind]) >= 3
    assert str(PROOFS[kind]) and str(kind.label)


def test_money_goes_from_a_promise_over_the_factory_to_the_workers() -> None:
    ledger: list[Line] = []
    seen = [money_state(OWED, "USD", ledger)]
    for route in (PaymentRoute.PROMISED, PaymentRoute.TO_FACTORY, PaymentRoute.TO_WORKERS):
        ledger.append(line(route, 1_400_000))
        seen.append(money_state(OWED, "USD", ledger))
    assert seen == [
        DemandState.OPEN,
        DemandState.PROMISED,
        DemandState.PAID_TO_FACTORY,
        DemandState.RECEIVED_BY_WORKERS,
    ]


def test_what_the_factory_got_never_counts_as_received() -> None:
    ledger = [line(PaymentRoute.TO_FACTORY, 1_400_000), line(PaymentRoute.TO_WORKERS, 1000)]
    assert totals(ledger)["USD"].received == 1000
    assert money_state(OWED, "USD", ledger) is DemandState.PAID_TO_FACTORY


def test_a_part_or_another_currency_does_not_end_a_demand() -> None:
    assert money_state(OWED, "USD", [line(PaymentRoute.TO_WORKERS, 1_399_999)]) is DemandState.OPEN
    assert money_state(OWED, "USD", [line(PaymentRoute.TO_WORKERS, 9_000_000, "KHR")]) is DemandState.OPEN


def test_a_promise_after_a_payment_does_not_take_the_payment_back() -> None:
    ledger = [line(PaymentRoute.TO_FUND, 5), line(PaymentRoute.PROMISED, 100)]
    assert money_state(OWED, "USD", ledger) is DemandState.PAID_TO_FUND


@pytest.mark.parametrize(
    ("routes", "way"),
    [
        ([], PATHS[DemandKind.MONEY]),
        (["promised"], PATHS[DemandKind.MONEY]),
        (["promised", "to_fund"], ("open", "promised", "paid_to_fund", "received_by_workers")),
        (["to_factory"], ("open", "paid_to_factory", "received_by_workers")),
        (["to_workers"], ("open", "received_by_workers")),
        (["promised", "to_factory", "to_workers"], ("open", "promised", "paid_to_factory", "received_by_workers")),
    ],
)
def test_no_step_is_shown_as_gone_that_was_not(routes: list[str], way: tuple[str, ...]) -> None:
    ledger = [line(PaymentRoute(route), 1_400_000) for route in routes]
    assert steps(DemandKind.MONEY, money_state(OWED, "USD", ledger), ledger) == way


@given(st.sampled_from(list(DemandKind)), LINES)
def test_the_way_always_holds_where_it_stands(kind: DemandKind, ledger: list[Line]) -> None:
    states = [money_state(OWED, "USD", ledger)] if kind is DemandKind.MONEY else PATHS[kind]
    for state in states:
        way = steps(kind, state, ledger)
        assert state in way and way[0] is PATHS[kind][0] and way[-1] is PATHS[kind][-1]
        assert list(way) == sorted(way, key=PATHS[kind].index)


@given(LINES)
def test_sums_are_kept_per_currency_and_per_route(ledger: list[Line]) -> None:
    for currency, sums in totals(ledger).items():
        of_this = [one for one in ledger if one.currency == currency]
        parts = (sums.promised, sums.to_factory, sums.to_fund, sums.received)
        assert sum(parts) == sum(one.amount for one in of_this)
        assert sums.received == sum(one.amount for one in of_this if one.route is PaymentRoute.TO_WORKERS)


@given(LINES, LINES)
def test_no_payment_on_another_way_ever_changes_what_was_received(ledger: list[Line], others: list[Line]) -> None:
    elsewhere = [one for one in others if one.route is not PaymentRoute.TO_WORKERS]
    before, after = totals(ledger), totals(ledger + elsewhere)
    assert all(after[currency].received == sums.received for currency, sums in before.items())
    was = money_state(OWED, "USD", ledger) is DemandState.RECEIVED_BY_WORKERS
    assert (money_state(OWED, "USD", ledger + elsewhere) is DemandState.RECEIVED_BY_WORKERS) == was


@given(LINES)
def test_a_sum_is_received_only_when_what_workers_got_covers_it(ledger: list[Line]) -> None:
    got = sum(one.amount for one in ledger if one.route is PaymentRoute.TO_WORKERS and one.currency == "USD")
    assert (money_state(OWED, "USD", ledger) is DemandState.RECEIVED_BY_WORKERS) == (got >= OWED)


@pytest.mark.parametrize("state", list(DemandState))
def test_nobody_moves_money_by_hand(state: DemandState) -> None:
    with pytest.raises(Conflict):
        check_step(DemandKind.MONEY, state)


@pytest.mark.parametrize("kind", [kind for kind in DemandKind if kind not in COUNTED | {DemandKind.MONEY}])
def test_a_demand_moves_on_its_own_path_only(kind: DemandKind) -> None:
    for state in DemandState:
        if state in PATHS[kind]:
            check_step(kind, state)
        else:
            with pytest.raises(Conflict):
                check_step(kind, state)


@pytest.mark.parametrize("kind", sorted(COUNTED))
def test_people_are_counted(kind: DemandKind) -> None:
    assert [counted_state(kind, reached, 2) for reached in (0, 1, 2)] == [PATHS[kind][0], *PATHS[kind][-2:]]
    for reached in (-1, 3):
        with pytest.raises(Conflict):
            counted_state(kind, reached, 2)


def test_a_case_is_never_full_while_a_charge_stands_or_a_sum_is_open() -> None:
    money_in = Asked(DemandKind.MONEY, DemandState.RECEIVED_BY_WORKERS)
    assert why_not_full([money_in]) is None
    for standing in (
        Asked(DemandKind.CHARGES_DROPPED, DemandState.SOME_DROPPED),
        Asked(DemandKind.RELEASE, DemandState.ON_BAIL),
        Asked(DemandKind.MONEY, DemandState.PAID_TO_FACTORY),
    ):
        assert not is_met(standing)
        assert check_outcome(Outcome.FULL, [money_in, standing]) is not None
        assert check_outcome(Outcome.PARTIAL, [money_in, standing]) is None
