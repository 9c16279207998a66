"""What the workers ask for: each kind with its own path and its own proof, and money that is never counted twice.

Money that a factory received is not money that workers received. The two are kept apart from the first entry of the
ledger to the last total, and only the workers' organisation can say that it arrived (DOMAIN 0, DOMAIN 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled
from urgent_appeals.rules.stages import Outcome


class DemandKind(Labelled):
    """What is asked for."""

    MONEY = "money", lazy("Money owed")
    REINSTATEMENT = "reinstatement", lazy("Back to work")
    RELEASE = "release", lazy("Release from prison")
    CHARGES_DROPPED = "charges_dropped", lazy("Charges dropped")
    RECOGNITION = "recognition", lazy("The union is recognised")
    REGISTRATION_RESTORED = "registration_restored", lazy("The registration is restored")
    LAWSUIT_WITHDRAWN = "lawsuit_withdrawn", lazy("The lawsuit is withdrawn")
    HAZARD_FIXED = "hazard_fixed", lazy("The hazard is fixed")
    AGREEMENT_SIGNED = "agreement_signed", lazy("An agreement is signed")


class DemandState(Labelled):
    """Where a demand stands on the path of its kind."""

    OPEN = "open", lazy("Open")
    PROMISED = "promised", lazy("Promised")
    PAID_TO_FACTORY = "paid_to_factory", lazy("Paid to the factory, not yet to workers")
    PAID_TO_FUND = "paid_to_fund", lazy("Paid into a fund, not yet to workers")
    RECEIVED_BY_WORKERS = "received_by_workers", lazy("Received by the workers")
    SOME_BACK = "some_back", lazy("Some are back")
    ALL_BACK = "all_back", lazy("All are back")
    ON_BAIL = "on_bail", lazy("Out on bail, charges stand")
    FREE = "free", lazy("Free")
    SOME_DROPPED = "some_dropped", lazy("Dropped for some")
    ALL_DROPPED = "all_dropped", lazy("Dropped for all")
    IN_TALKS = "in_talks", lazy("In talks")
    RECOGNISED = "recognised", lazy("Recognised")
    RESTORED = "restored", lazy("Restored")
    WITHDRAWN = "withdrawn", lazy("Withdrawn")
    FIX_PLANNED = "fix_planned", lazy("A repair is planned")
    FIX_REPORTED = "fix_reported", lazy("Reported as fixed")
    FIX_CONFIRMED = "fix_confirmed", lazy("Confirmed as fixed by somebody else")
    SIGNED = "signed", lazy("Signed")


class PaymentRoute(Labelled):
    """Which way a sum of the ledger went."""

    PROMISED = "promised", lazy("promised")
    TO_FACTORY = "to_factory", lazy("paid to the factory")
    TO_FUND = "to_fund", lazy("paid into a fund")
    TO_WORKERS = "to_workers", lazy("received by workers")


_S = DemandState
# Where a demand of each kind may stand, in order; the last one is reached.
PATHS: dict[DemandKind, tuple[DemandState, ...]] = {
    DemandKind.MONEY: (_S.OPEN, _S.PROMISED, _S.PAID_TO_FACTORY, _S.PAID_TO_FUND, _S.RECEIVED_BY_WORKERS),
    DemandKind.REINSTATEMENT: (_S.OPEN, _S.SOME_BACK, _S.ALL_BACK),
    DemandKind.RELEASE: (_S.OPEN, _S.ON_BAIL, _S.FREE),
    DemandKind.CHARGES_DROPPED: (_S.OPEN, _S.SOME_DROPPED, _S.ALL_DROPPED),
    DemandKind.RECOGNITION: (_S.OPEN, _S.IN_TALKS, _S.RECOGNISED),
    DemandKind.REGISTRATION_RESTORED: (_S.OPEN, _S.PROMISED, _S.RESTORED),
    DemandKind.LAWSUIT_WITHDRAWN: (_S.OPEN, _S.PROMISED, _S.WITHDRAWN),
    DemandKind.HAZARD_FIXED: (_S.OPEN, _S.FIX_PLANNED, _S.FIX_REPORTED, _S.FIX_CONFIRMED),
    DemandKind.AGREEMENT_SIGNED: (_S.OPEN, _S.IN_TALKS, _S.SIGNED),
}
PROOFS: dict[DemandKind, LazyText] = {
    DemandKind.MONEY: lazy("The workers' organisation says that it arrived, how much and for how many"),
    DemandKind.REINSTATEMENT: lazy("How many work again, by the word of the workers"),
    DemandKind.RELEASE: lazy("Family, lawyer or union saw them outside"),
    DemandKind.CHARGES_DROPPED: lazy("The court's or prosecutor's paper, person by person"),
    DemandKind.RECOGNITION: lazy("The employer's letter, or the first meeting with the union"),
    DemandKind.REGISTRATION_RESTORED: lazy("The certificate"),
    DemandKind.LAWSUIT_WITHDRAWN: lazy("The court's paper"),
    DemandKind.HAZARD_FIXED: lazy("Somebody other than the one who fixed it looked"),
    DemandKind.AGREEMENT_SIGNED: lazy("The signed text"),
}
# Kinds that count people: n of m.
COUNTED = frozenset({DemandKind.REINSTATEMENT, DemandKind.CHARGES_DROPPED})
STANDING_CHARGES = frozenset({DemandKind.CHARGES_DROPPED, DemandKind.RELEASE})
ROUTE_STATE = {
    PaymentRoute.PROMISED: DemandState.PROMISED,
    PaymentRoute.TO_FACTORY: DemandState.PAID_TO_FACTORY,
    PaymentRoute.TO_FUND: DemandState.PAID_TO_FUND,
}


class Entry(Protocol):
    """One line of the ledger; a row of the payment table has this shape."""

    @property
    def route(self) -> PaymentRoute: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


class Wanted(Protocol):
    """What the rules look at in a demand; a row of the demand table has this shape."""

    @property
    def kind(self) -> DemandKind: ...
    @property
    def state(self) -> DemandState: ...


@dataclass(frozen=True)
class Totals:
    """The sums of one currency, each route for itself. `received` holds what reached workers and nothing else."""

    promised: Decimal = Decimal(0)
    to_factory: Decimal = Decimal(0)
    to_fund: Decimal = Decimal(0)
    received: Decimal = Decimal(0)


def totals(entries: Iterable[Entry]) -> dict[str, Totals]:
    """What the ledger comes to, per currency; sums of different currencies are never added."""
    sums: dict[tuple[str, PaymentRoute], Decimal] = {}
    for entry in entries:
        place = (entry.currency, entry.route)
        sums[place] = sums.get(place, Decimal(0)) + entry.amount
    return {currency: _totals(sums, currency) for currency in sorted({currency for currency, _ in sums})}


def money_state(amount: Decimal | None, currency: str | None, entries: Iterable[Entry]) -> DemandState:
    """Where a sum stands by its ledger, oldest entry first.

    It is received when what reached workers in the demanded currency covers it. Until then it stands where the last
    payment took it; a part that arrived shows in the totals and does not end the demand.
    """
    ledger = list(entries)
    arrived = [entry for entry in ledger if entry.route is PaymentRoute.TO_WORKERS]
    received = sum((entry.amount for entry in arrived if entry.currency == currency), Decimal(0))
    if arrived and (amount is None or received >= amount):
        return DemandState.RECEIVED_BY_WORKERS
    moved = [ROUTE_STATE[entry.route] for entry in ledger if entry.route in ROUTE_STATE]
    paid = [state for state in moved if state is not DemandState.PROMISED]
    return (paid or moved or [DemandState.OPEN])[-1]


def steps(kind: DemandKind, state: DemandState, entries: Iterable[Entry]) -> tuple[DemandState, ...]:
    """The way of one demand as it was really gone, and what may still come.

    Nothing is shown as done that did not happen: money that went into a fund did not go through the factory.
    """
    path = PATHS[kind]
    if kind is not DemandKind.MONEY:
        return (path[0], path[-1]) if state is path[-1] else path
    gone = {ROUTE_STATE[entry.route] for entry in entries if entry.route in ROUTE_STATE}
    if state is path[0]:
        return path
    here = path.index(state)
    paid = bool(gone & {DemandState.PAID_TO_FACTORY, DemandState.PAID_TO_FUND})
    ahead = path[here + 1 : -1] if not paid and state is not path[-1] else ()
    return (path[0], *(one for one in path[1:-1] if one in gone or one in ahead), path[-1])


def check_step(kind: DemandKind, wanted: DemandState) -> None:
    """Whether a demand of this kind can stand there by a person's word. Raises Conflict.

    A step back is allowed, because promises are broken and people are arrested again. Money moves by its ledger only.
    """
    if kind is DemandKind.MONEY:
        raise Conflict(lazy("Money moves by what was paid: write the payment down."))
    if kind in COUNTED:
        raise Conflict(lazy("This moves by how many people were reached: write the number down."))
    if wanted not in PATHS[kind]:
        raise Conflict(lazy("This kind of demand has no such step."))


def counted_state(kind: DemandKind, reached: int, wanted: int) -> DemandState:
    """Where a demand that counts people stands, when `reached` of `wanted` are reached. Raises Conflict."""
    if kind not in COUNTED or not 0 <= reached <= wanted:
        raise Conflict(lazy("The number does not fit this demand."))
    some, everybody = PATHS[kind][-2:]
    if reached == wanted:
        return everybody
    return some if reached else DemandState.OPEN


def is_met(demand: Wanted) -> bool:
    """Whether the demand reached the end of its path."""
    return demand.state is PATHS[demand.kind][-1]


def why_not_full(demands: Iterable[Wanted]) -> LazyText | None:
    """What forbids to close a case as `full`: a charge that stands or a sum that is open (DOMAIN 3)."""
    unmet = {demand.kind for demand in demands if not is_met(demand)}
    if unmet & STANDING_CHARGES:
        return lazy("A charge still stands, or somebody is not free: this cannot be closed as fully reached.")
    if DemandKind.MONEY in unmet:
        return lazy("A sum is still open: this cannot be closed as fully reached.")
    return None


def check_outcome(outcome: Outcome, demands: Iterable[Wanted]) -> LazyText | None:
    """Why this outcome cannot be, or None."""
    return why_not_full(demands) if outcome is Outcome.FULL else None


def _totals(sums: Mapping[tuple[str, PaymentRoute], Decimal], currency: str) -> Totals:
    zero = Decimal(0)
    return Totals(
        promised=sums.get((currency, PaymentRoute.PROMISED), zero),
        to_factory=sums.get((currency, PaymentRoute.TO_FACTORY), zero),
        to_fund=sums.get((currency, PaymentRoute.TO_FUND), zero),
        received=sums.get((currency, PaymentRoute.TO_WORKERS), zero),
    )
