"""Targets, demands, payments and the workers' last word, for the people who keep a case and for the workers' side."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask import Blueprint

from network_app.core import audit
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import gettext, lazy
from network_app.core.permissions import Permission, may, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db
from network_app.targets.queries import find_target, get_link
from urgent_appeals.forms.response import (
    CloseForm,
    DemandForm,
    PaymentForm,
    PressForm,
    ReachedForm,
    ReceivedForm,
    StepForm,
    TargetForm,
)
from urgent_appeals.queries.case import speaks_for_workers
from urgent_appeals.queries.remedy import DemandRow, demands_of, totals_of
from urgent_appeals.queries.response import targets_of, targets_to_name, team_case
from urgent_appeals.rules.demands import COUNTED, DemandKind
from urgent_appeals.rules.history import act_label
from urgent_appeals.use_cases.closing import close_appeal
from urgent_appeals.use_cases.remedy import (
    add_demand,
    confirm_receipt_by_workers,
    count_reached,
    move_demand,
    record_payment,
)
from urgent_appeals.use_cases.targeting import drop_target, name_target

pages = Blueprint("remedy", __name__)


# ---------------------------------------------------------------- targets


@pages.get("/appeals/<ref>/targets")
def targets(ref: str) -> Answer:
    """Whom this case can move, what is claimed about each, and what to name next."""
    return _targets(ref)


def _targets(ref: str, status: int = 200, **refused: Form) -> Answer:
    require(actor(), Permission.COORDINATE_CASE)
    appeal = team_case(db(), actor(), ref)
    forms = {"by_hand": TargetForm(formdata=None), "press": PressForm(formdata=None)} | refused
    return page(
        "urgent_appeals/targets.html",
        status,
        appeal=appeal,
        targets=targets_of(db(), appeal),
        to_name=targets_to_name(db(), appeal),
        **forms,
    )


@pages.post("/appeals/<ref>/targets/claims/<uuid:link_id>")
def name_by_claim(ref: str, link_id: uuid.UUID) -> Answer:
    """Name the company of a sourcing claim about this workplace."""
    form = PressForm()

    def act() -> object:
        return name_target(db(), actor(), ref=ref, target_id=get_link(db(), link_id).target_id, link_id=link_id)

    return see_other("remedy.targets", ref=ref) if form.accepts(act) else _targets(ref, 422, press=form)


@pages.post("/appeals/<ref>/targets")
def name_by_hand(ref: str) -> Answer:
    """Name a target with the reason."""
    form = TargetForm()
    return (
        see_other("remedy.targets", ref=ref)
        if form.accepts(lambda: _name(ref, form))
        else _targets(ref, 422, by_hand=form)
    )


def _name(ref: str, form: TargetForm) -> object:
    found = find_target(db(), form.company.data or "")
    if found is None:
        raise Invalid(
            lazy("We know no company of this name. Look it up under Brands, or add it there."), field="company"
        )
    return name_target(db(), actor(), ref=ref, target_id=found.id, reason=form.reason.data or "")


@pages.post("/appeals/<ref>/targets/<uuid:target_id>/drop")
def drop(ref: str, target_id: uuid.UUID) -> Answer:
    """Let go of a target that was named by mistake."""
    form = PressForm()

    def act() -> None:
        drop_target(db(), actor(), ref=ref, target_id=target_id, reason=gettext("Named by mistake"))

    if form.accepts(act):
        return see_other("remedy.targets", ref=ref)
    return _targets(ref, 422, press=form)


# ---------------------------------------------------------------- demands and money


@pages.get("/appeals/<ref>/demands")
def demands(ref: str) -> Answer:
    """What the workers ask for, where each demand stands, and the ledger of the money."""
    return _demands(ref)


def _demands(ref: str, status: int = 200, at: uuid.UUID | None = None, **refused: Form) -> Answer:
    appeal = team_case(db(), actor(), ref)
    rows = demands_of(db(), appeal.id)
    forms = {"add": DemandForm(formdata=None), "press": PressForm(formdata=None)} | refused
    return page(
        "urgent_appeals/demands.html",
        status,
        appeal=appeal,
        demands=rows,
        totals=totals_of(rows),
        of_row={row.demand.id: _forms_of(row, refused if row.demand.id == at else {}) for row in rows},
        may_keep=may(actor(), Permission.COORDINATE_CASE),
        for_workers=speaks_for_workers(actor(), appeal),
        **forms,
    )


def _forms_of(row: DemandRow, refused: dict[str, Form]) -> dict[str, Form]:
    """The forms that fit one demand; each has a prefix of its own, so that a page may hold several."""
    demand, forms = row.demand, dict[str, Form]()
    if demand.kind is DemandKind.MONEY:
        start = {"currency": demand.currency}
        forms["payment"] = PaymentForm(formdata=None, prefix=_prefix("payment", demand.id), data=start)
        forms["received"] = ReceivedForm(formdata=None, prefix=_prefix("received", demand.id), data=start)
    elif demand.kind in COUNTED:
        forms["reached"] = ReachedForm(formdata=None, prefix=_prefix("reached", demand.id))
    else:
        forms["step"] = StepForm(formdata=None, prefix=_prefix("step", demand.id)).offer(demand.kind)
    return forms | {name: form for name, form in refused.items() if name in forms}


def _prefix(name: str, demand_id: uuid.UUID) -> str:
    return f"{name}-{demand_id.hex[:8]}-"


@pages.post("/appeals/<ref>/demands")
def add(ref: str) -> Answer:
    """Write down a demand."""
    form = DemandForm()

    def act() -> object:
        return add_demand(
            db(),
            actor(),
            ref=ref,
            kind=form.kind.data or "",
            what=form.what.data or "",
            amount=cast("Decimal | None", form.amount.data),
            currency=form.currency.data,
            wanted=cast("int | None", form.wanted.data),
        )

    return see_other("remedy.demands", ref=ref) if form.accepts(act) else _demands(ref, 422, add=form)


@pages.post("/appeals/<ref>/demands/<uuid:demand_id>/step")
def step(ref: str, demand_id: uuid.UUID) -> Answer:
    """Say where a demand stands now."""
    row = _row(ref, demand_id)
    form = StepForm(prefix=_prefix("step", demand_id)).offer(row.demand.kind)

    def act() -> object:
        return move_demand(db(), actor(), ref=ref, demand_id=demand_id, state=form.state.data or "")

    return see_other("remedy.demands", ref=ref) if form.accepts(act) else _demands(ref, 422, demand_id, step=form)


@pages.post("/appeals/<ref>/demands/<uuid:demand_id>/reached")
def reached(ref: str, demand_id: uuid.UUID) -> Answer:
    """Say for how many people it is reached."""
    form = ReachedForm(prefix=_prefix("reached", demand_id))

    def act() -> object:
        number = cast("int", form.reached.data)
        return count_reached(db(), actor(), ref=ref, demand_id=demand_id, reached=number)

    return see_other("remedy.demands", ref=ref) if form.accepts(act) else _demands(ref, 422, demand_id, reached=form)


@pages.post("/appeals/<ref>/demands/<uuid:demand_id>/payments")
def pay(ref: str, demand_id: uuid.UUID) -> Answer:
    """Write down a promise, or money that went to the factory or into a fund."""
    form = PaymentForm(prefix=_prefix("payment", demand_id))

    def act() -> object:
        said = _money(form) | {"payer": form.payer.data or "", "route": form.route.data or ""}
        return record_payment(db(), actor(), ref=ref, demand_id=demand_id, **said)

    return see_other("remedy.demands", ref=ref) if form.accepts(act) else _demands(ref, 422, demand_id, payment=form)


@pages.post("/appeals/<ref>/demands/<uuid:demand_id>/received")
def receive(ref: str, demand_id: uuid.UUID) -> Answer:
    """Say, as the workers' organisation, what reached the workers."""
    form = ReceivedForm(prefix=_prefix("received", demand_id))

    def act() -> object:
        said = _money(form)
        said["received_on"] = said.pop("paid_on")
        return confirm_receipt_by_workers(db(), actor(), ref=ref, demand_id=demand_id, **said)

    return see_other("remedy.demands", ref=ref) if form.accepts(act) else _demands(ref, 422, demand_id, received=form)


def _money(form: PaymentForm | ReceivedForm) -> dict[str, Any]:
    return {
        "amount": cast("Decimal", form.amount.data),
        "currency": form.currency.data or "",
        "paid_on": cast("date", form.paid_on.data),
        "workers_counted": cast("int | None", form.workers_counted.data),
        "note": form.note.data or "",
    }


def _row(ref: str, demand_id: uuid.UUID) -> DemandRow:
    appeal = team_case(db(), actor(), ref)
    for row in demands_of(db(), appeal.id):
        if row.demand.id == demand_id:
            return row
    raise NotFound()


# ---------------------------------------------------------------- the last word, and the record


@pages.get("/appeals/<ref>/close")
def close(ref: str) -> Answer:
    """Close the case on the workers' word."""
    return _close(ref, CloseForm(formdata=None))


def _close(ref: str, form: CloseForm, status: int = 200) -> Answer:
    appeal = team_case(db(), actor(), ref)
    if not speaks_for_workers(actor(), appeal):
        raise NotFound()
    rows = demands_of(db(), appeal.id)
    return page("urgent_appeals/close.html", status, appeal=appeal, demands=rows, totals=totals_of(rows), form=form)


@pages.post("/appeals/<ref>/close")
def end(ref: str) -> Answer:
    """Close it."""
    form = CloseForm()

    def act() -> object:
        return close_appeal(db(), actor(), ref=ref, outcome=form.outcome.data or "", word=form.word.data or "")

    return see_other("appeals.case", ref=ref) if form.accepts(act) else _close(ref, form, 422)


@pages.get("/appeals/<ref>/record")
def record(ref: str) -> Answer:
    """The case's chain, link by link, and whether it holds."""
    appeal = team_case(db(), actor(), ref)
    chain = f"appeal:{appeal.id}"
    links = [(link, act_label(str(link.body["act"]))) for link in audit.links(db(), chain)]
    return page("urgent_appeals/record.html", appeal=appeal, links=links, broken=audit.verify(db(), chain))
