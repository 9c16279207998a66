"""The workers' own word, with nothing but the receipt: what reached them, and what came of their case."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import cast

from flask import Blueprint

from network_app.core.permissions import Actor
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import db
from urgent_appeals.forms.response import CloseForm, ReceivedForm
from urgent_appeals.queries.remedy import DemandRow, appeal_of_filer, demands_of
from urgent_appeals.routes.open_receipt import ReceiptShut, own_receipt
from urgent_appeals.rules.demands import DemandKind
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.closing import close_appeal
from urgent_appeals.use_cases.remedy import confirm_receipt_by_workers

pages = Blueprint("word", __name__)
RUNNING = frozenset({Stage.ACCEPTED, Stage.ACTIVE, Stage.DORMANT})


@pages.errorhandler(ReceiptShut)
def ask_again(_error: ReceiptShut) -> Answer:
    """Ask for the number again."""
    return see_other("intake.come_back")


@pages.get("/r/demands")
def demands() -> Answer:
    """What we asked for, how far it is, and what arrived."""
    _, filer = own_receipt()
    return _show(filer)


def _show(filer: Actor, status: int = 200, at: uuid.UUID | None = None, **refused: Form) -> Answer:
    appeal = appeal_of_filer(db(), filer)
    rows = demands_of(db(), appeal.id)
    forms = {row.demand.id: _received(row) for row in rows if row.demand.kind is DemandKind.MONEY}
    if at in forms:
        forms[at] = cast("ReceivedForm", refused["received"])
    return page(
        "urgent_appeals/own_demands.html",
        status,
        appeal=appeal,
        demands=rows,
        forms=forms,
        running=appeal.stage in RUNNING,
        close=refused.get("close") or CloseForm(formdata=None, prefix="close-"),
    )


def _received(row: DemandRow) -> ReceivedForm:
    return ReceivedForm(formdata=None, prefix=row.demand.id.hex, data={"currency": row.demand.currency})


@pages.post("/r/received/<uuid:demand_id>")
def received(demand_id: uuid.UUID) -> Answer:
    """Say what reached us."""
    form = ReceivedForm(prefix=demand_id.hex)
    _, filer = own_receipt()

    def act() -> object:
        return confirm_receipt_by_workers(
            db(),
            filer,
            ref=appeal_of_filer(db(), filer).ref,
            demand_id=demand_id,
            amount=cast("Decimal", form.amount.data),
            currency=form.currency.data or "",
            received_on=cast("date", form.paid_on.data),
            workers_counted=cast("int | None", form.workers_counted.data),
            note=form.note.data or "",
        )

    return see_other("word.demands") if form.accepts(act) else _show(filer, 422, demand_id, received=form)


@pages.post("/r/outcome")
def close() -> Answer:
    """Say what came of it, and close the case."""
    form = CloseForm(prefix="close-")
    _, filer = own_receipt()

    def act() -> object:
        ref = appeal_of_filer(db(), filer).ref
        return close_appeal(db(), filer, ref=ref, outcome=form.outcome.data or "", word=form.word.data or "")

    return see_other("intake.come_back") if form.accepts(act) else _show(filer, 422, close=form)
