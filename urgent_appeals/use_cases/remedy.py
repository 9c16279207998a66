"""What the workers ask for and what became of it, written down with its proof; money in a ledger of its own."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Permission
from network_app.core.texts import clean_line, clean_text
from urgent_appeals.models import Appeal, Demand, Payment
from urgent_appeals.queries.case import get_appeal, speaks_for_workers
from urgent_appeals.queries.remedy import get_demand, ledger_of
from urgent_appeals.rules.demands import (
    COUNTED,
    DemandKind,
    DemandState,
    PaymentRoute,
    check_step,
    counted_state,
    money_state,
)
from urgent_appeals.rules.stages import ENDED
from urgent_appeals.use_cases.choosing import chosen
from urgent_appeals.use_cases.opening import open_case
from urgent_appeals.use_cases.timeline import write_timeline

CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST = Decimal(10) ** 13
# What the case team may write down. That workers received it is never among these.
BY_THE_TEAM = frozenset({PaymentRoute.PROMISED, PaymentRoute.TO_FACTORY, PaymentRoute.TO_FUND})


@dataclass(frozen=True)
class Paid:
    """One sum as it was told: which way, how much, when, by whom, for how many."""

    route: PaymentRoute
    amount: Decimal
    currency: str
    on: date
    payer: str
    workers_counted: int | None
    note: str


def add_demand(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    kind: DemandKind | str,
    what: str,
    amount: Decimal | None = None,
    currency: str | None = None,
    wanted: int | None = None,
) -> Demand:
    """Write down one thing the workers ask for. Money needs a currency, what counts people needs how many.

    `what` names no worker. Raises Invalid naming the field.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    asked = chosen(DemandKind, kind, "kind")
    if asked in COUNTED and not wanted:
        raise Invalid(lazy("Please say how many people this is about."), field="wanted")
    money = asked is DemandKind.MONEY
    now = clock.now(session)
    demand = Demand(
        appeal_id=appeal.id,
        kind=asked,
        what=clean_line(what, "what", longest=200),
        amount=_sum(amount) if money and amount is not None else None,
        currency=_currency(currency) if money else None,
        wanted=wanted if asked in COUNTED else None,
        state=DemandState.OPEN,
        made_at=now,
        changed_at=now,
    )
    session.add(demand)
    session.flush()
    write_timeline(session, actor, appeal, "demand_made", demand=str(demand.id), kind_of=asked.value)
    return demand


def move_demand(session: Session, actor: Actor, *, ref: str, demand_id: uuid.UUID, state: DemandState | str) -> Demand:
    """Say where a demand stands now. Raises Conflict for money, for what is counted, and off the kind's path."""
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    demand = _of_open_case(session, appeal, demand_id)
    reached = chosen(DemandState, state, "state")
    check_step(demand.kind, reached)
    _move(session, actor, appeal, demand, reached)
    return demand


def count_reached(session: Session, actor: Actor, *, ref: str, demand_id: uuid.UUID, reached: int) -> Demand:
    """Say for how many of those concerned it is reached: n back at work, n charges dropped. Raises Conflict."""
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    demand = _of_open_case(session, appeal, demand_id)
    state = counted_state(demand.kind, reached, demand.wanted or 0)
    demand.reached = reached
    _move(session, actor, appeal, demand, state)
    return demand


def record_payment(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    demand_id: uuid.UUID,
    route: PaymentRoute | str,
    amount: Decimal,
    currency: str,
    paid_on: date,
    payer: str,
    workers_counted: int | None = None,
    note: str = "",
) -> Payment:
    """Write down a promise, or money that went to the factory or a fund. Never that workers received it.

    Raises NotAllowed for that route, Invalid naming the field, Conflict where the demand is not about money.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    way = chosen(PaymentRoute, route, "route")
    if way not in BY_THE_TEAM:
        raise NotAllowed(lazy("Only the workers' organisation can say that workers received it."))
    demand = _money_of(session, appeal, demand_id)
    paid = Paid(way, amount, currency, paid_on, payer, workers_counted, note)
    return _write_down(session, actor, appeal, demand, paid)


def confirm_receipt_by_workers(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    demand_id: uuid.UUID,
    amount: Decimal,
    currency: str,
    received_on: date,
    workers_counted: int | None = None,
    payer: str = "",
    note: str = "",
) -> Payment:
    """Say, as the workers' organisation or with the receipt, what reached workers and how many (DOMAIN 0).

    Raises NotFound for everybody else: the case team may know better, but it is not its word.
    """
    appeal = lock_for_workers(session, actor, ref)
    demand = _money_of(session, appeal, demand_id)
    paid = Paid(PaymentRoute.TO_WORKERS, amount, currency, received_on, payer, workers_counted, note)
    return _write_down(session, actor, appeal, demand, paid)


def lock_for_workers(session: Session, actor: Actor, ref: str) -> Appeal:
    """The appeal, locked, for those whose word it is alone. Raises NotFound for others."""
    appeal = get_appeal(session, ref)
    if not speaks_for_workers(actor, appeal):
        raise NotFound()
    return lock(session, Appeal, appeal.id)


def _of_open_case(session: Session, appeal: Appeal, demand_id: uuid.UUID) -> Demand:
    if appeal.stage in ENDED:
        raise Conflict(lazy("The case is closed. It has to be opened again first."))
    return get_demand(session, appeal, demand_id)


def _money_of(session: Session, appeal: Appeal, demand_id: uuid.UUID) -> Demand:
    demand = _of_open_case(session, appeal, demand_id)
    if demand.kind is not DemandKind.MONEY:
        raise Conflict(lazy("This demand is not about money."))
    return demand


def _write_down(session: Session, actor: Actor, appeal: Appeal, demand: Demand, paid: Paid) -> Payment:
    """Add a line to the ledger and let the demand stand where its ledger says."""
    payment = _line(session, actor, demand, paid)
    session.add(payment)
    session.flush()
    received = paid.route is PaymentRoute.TO_WORKERS
    write_timeline(
        session,
        actor,
        appeal,
        "received_by_workers" if received else "payment_recorded",
        demand=str(demand.id),
        route=paid.route.value,
        amount=str(payment.amount),
        currency=payment.currency,
        workers=paid.workers_counted,
    )
    _move(session, actor, appeal, demand, money_state(demand.amount, demand.currency, ledger_of(session, demand)))
    return payment


def _line(session: Session, actor: Actor, demand: Demand, paid: Paid) -> Payment:
    if paid.on > clock.now(session).date():
        raise Invalid(lazy("This day is still to come."), field="paid_on")
    return Payment(
        demand_id=demand.id,
        nr=len(ledger_of(session, demand)) + 1,
        route=paid.route,
        amount=_sum(paid.amount),
        currency=_currency(paid.currency),
        paid_on=paid.on,
        payer=clean_line(paid.payer, "payer", longest=200, required=paid.route is not PaymentRoute.TO_WORKERS),
        workers_counted=paid.workers_counted,
        note=clean_text(paid.note, "note", longest=2000, required=False),
        recorded_by_person_id=actor.person_id,
        recorded_by_organisation_id=actor.organisation_id,
        by_filer=actor.kind is ActorKind.FILER,
        recorded_at=clock.now(session),
    )


def _move(session: Session, actor: Actor, appeal: Appeal, demand: Demand, state: DemandState) -> None:
    before, demand.state = demand.state, state
    demand.changed_at = clock.now(session)
    if before is not state:
        write_timeline(
            session, actor, appeal, "demand_moved", demand=str(demand.id), before=before.value, now=state.value
        )


def _sum(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 < amount < LARGEST or amount != round(amount, 2):
        raise Invalid(lazy("Please write an amount above zero, for example 1400000 or 1,400,000.50."), field="amount")
    return amount


def _currency(code: str | None) -> str:
    upper = (code or "").strip().upper()
    if not CURRENCY.fullmatch(upper):
        raise Invalid(lazy("Please write the currency as three letters, for example USD or KHR."), field="currency")
    return upper
