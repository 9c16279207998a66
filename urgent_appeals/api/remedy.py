"""Demands, payments and the workers' last word."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Amount, Count, Currency, Day, Input, Line, Made, ShortText, made
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import api
from urgent_appeals.rules.demands import DemandKind, DemandState
from urgent_appeals.rules.stages import Outcome
from urgent_appeals.use_cases.closing import close_appeal
from urgent_appeals.use_cases.remedy import (
    add_demand,
    confirm_receipt_by_workers,
    count_reached,
    move_demand,
    record_payment,
)


class NewDemand(Input):
    """One thing the workers ask for, without names."""

    kind: DemandKind
    what: Line
    amount: Amount | None = None
    currency: Currency | None = None
    wanted: Count | None = None


class NewState(Input):
    """Where a demand stands now."""

    state: DemandState


class Reached(Input):
    """For how many people it is reached."""

    reached: Count


class NewPayment(Input):
    """A promise, or money that went to the factory or into a fund."""

    route: Literal["promised", "to_factory", "to_fund"]
    amount: Amount
    currency: Currency
    paid_on: Day
    payer: Line
    workers_counted: Count | None = None
    note: ShortText = ""


class Received(Input):
    """What reached the workers, in the word of their organisation."""

    amount: Amount
    currency: Currency
    received_on: Day
    workers_counted: Count | None = None
    note: ShortText = ""


class LastWord(Input):
    """What came of it, in the workers' word."""

    outcome: Outcome
    word: str = Field("", max_length=4_000)


@api.post(
    "/appeals/<ref>/demands",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=NewDemand,
    gives=Made,
    changes="show",
    web="remedy.add",
)
def add(ref: str, given: NewDemand) -> Made:
    """Write down a demand."""
    said = given.model_dump(exclude={"amount"})
    amount = None if given.amount is None else Decimal(given.amount)
    demand = add_demand(db(), actor(), ref=ref, amount=amount, **said)
    return made(f"/appeals/{ref}", ref=ref, id=demand.id)


@api.post(
    "/appeals/<ref>/demands/<uuid:demand_id>/step",
    scope=Scope.WORK_ON_APPEALS,
    takes=NewState,
    changes="show",
    web="remedy.step",
)
def step(ref: str, demand_id: UUID, given: NewState) -> None:
    """Say where a demand stands now."""
    move_demand(db(), actor(), ref=ref, demand_id=demand_id, state=given.state)


@api.post(
    "/appeals/<ref>/demands/<uuid:demand_id>/reached",
    scope=Scope.WORK_ON_APPEALS,
    takes=Reached,
    changes="show",
    web="remedy.reached",
)
def reached(ref: str, demand_id: UUID, given: Reached) -> None:
    """Say for how many people it is reached."""
    count_reached(db(), actor(), ref=ref, demand_id=demand_id, reached=given.reached)


@api.post(
    "/appeals/<ref>/demands/<uuid:demand_id>/payments",
    scope=Scope.WORK_ON_APPEALS,
    takes=NewPayment,
    changes="show",
    web="remedy.pay",
)
def pay(ref: str, demand_id: UUID, given: NewPayment) -> None:
    """Write down a promise, or money that went to the factory or into a fund."""
    said = given.model_dump() | {"amount": Decimal(given.amount)}
    record_payment(db(), actor(), ref=ref, demand_id=demand_id, **said)


@api.post(
    "/appeals/<ref>/demands/<uuid:demand_id>/received",
    scope=Scope.WORK_ON_APPEALS,
    takes=Received,
    changes="show",
    web="remedy.receive",
)
def receive(ref: str, demand_id: UUID, given: Received) -> None:
    """Say, as the workers' organisation, what reached the workers."""
    said = given.model_dump() | {"amount": Decimal(given.amount)}
    confirm_receipt_by_workers(db(), actor(), ref=ref, demand_id=demand_id, **said)


@api.post(
    "/appeals/<ref>/close",
    scope=Scope.WORK_ON_APPEALS,
    takes=LastWord,
    changes="show",
    web="remedy.end",
)
def end(ref: str, given: LastWord) -> None:
    """Close the case on the workers' word."""
    close_appeal(db(), actor(), ref=ref, outcome=given.outcome, word=given.word)
