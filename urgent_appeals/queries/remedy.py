"""The demands of a case and their ledgers: what was asked, promised, paid to whom, and received."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.errors import NotFound
from network_app.core.i18n import LazyText
from network_app.core.permissions import Actor, ActorKind
from urgent_appeals.models import Appeal, Demand, Payment
from urgent_appeals.rules.demands import PROOFS, Totals, steps, totals


@dataclass(frozen=True)
class DemandRow:
    """A demand with its path, the steps behind it, its ledger and the ledger's sums."""

    demand: Demand
    payments: Sequence[Payment]
    totals: Mapping[str, Totals]

    @property
    def path(self) -> list[tuple[LazyText, str]]:
        """Every step in words with `past`, `now` or `ahead`."""
        path = steps(self.demand.kind, self.demand.state, self.payments)
        here = path.index(self.demand.state)
        return [(state.label, _place(number, here)) for number, state in enumerate(path)]

    @property
    def proof(self) -> LazyText:
        """What proves the last step."""
        return PROOFS[self.demand.kind]


def _place(number: int, here: int) -> str:
    if number == here:
        return "now"
    return "past" if number < here else "ahead"


def demands_of(session: Session, appeal_id: uuid.UUID) -> list[DemandRow]:
    """The demands of a case, each with its ledger."""
    made = select(Demand).where(Demand.appeal_id == appeal_id).order_by(Demand.made_at, Demand.id)
    demands = session.scalars(made).all()
    if not demands:
        return []
    ledger = select(Payment).where(Payment.demand_id.in_([demand.id for demand in demands]))
    payments: dict[uuid.UUID, list[Payment]] = {demand.id: [] for demand in demands}
    for payment in session.scalars(ledger.order_by(Payment.nr)):
        payments[payment.demand_id].append(payment)
    return [DemandRow(demand, payments[demand.id], totals(payments[demand.id])) for demand in demands]


def totals_of(demands: Iterable[DemandRow]) -> dict[str, Totals]:
    """The sums of all ledgers of a case, per currency and route; never across them."""
    return totals(payment for row in demands for payment in row.payments)


def received_totals(session: Session) -> dict[str, Totals]:
    """The sums of all cases, per currency and route."""
    return totals(session.scalars(select(Payment)))


def get_demand(session: Session, appeal: Appeal, demand_id: uuid.UUID) -> Demand:
    """One demand of this case. Raises NotFound, also for a demand of another case."""
    demand = session.get(Demand, demand_id)
    if demand is None or demand.appeal_id != appeal.id:
        raise NotFound()
    return demand


def ledger_of(session: Session, demand: Demand) -> list[Payment]:
    """Every entry of one demand's ledger, oldest first."""
    rows = select(Payment).where(Payment.demand_id == demand.id).order_by(Payment.nr)
    return list(session.scalars(rows))


def appeal_of_filer(session: Session, actor: Actor) -> Appeal:
    """The case of whoever holds the receipt. Raises NotFound for everybody else."""
    appeal = session.get(Appeal, actor.appeal_id) if actor.kind is ActorKind.FILER else None
    if appeal is None:
        raise NotFound()
    return appeal
