"""Taking in facility lists on a page: the upload, the report on every row, and what a person decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, asked_page, db
from network_app.targets import queries
from network_app.targets.forms import ImportForm
from network_app.targets.routes.asked import asked, may_manage, pages, paging, target_named
from network_app.targets.rules import RowOutcome
from network_app.targets.rules.lists import remark_sentence
from network_app.targets.use_cases.facility_lists import ImportReport, confirm_match, import_facilities, keep_apart


@pages.get("/facilities/import")
def imports() -> Answer:
    """Show the lists taken in so far, and take in another."""
    return _imports(ImportForm())


@pages.post("/facilities/import")
def take_in() -> Answer:
    """Take in a list and go to the report on it."""
    require(actor(), Permission.MANAGE_TARGETS)
    form = ImportForm()
    if form.accepts(lambda: _take_in(form)):
        return see_other("targets.import_report", import_id=form.result.import_id)
    return _imports(form, 422)


def _take_in(form: ImportForm) -> ImportReport:
    if not form.data["list_file"]:
        raise Invalid(lazy("Please choose a file."), field="list_file")
    return import_facilities(
        db(),
        actor(),
        name=form.data["name"],
        csv_text=form.data["list_file"],
        source=form.data["source"],
        supplier_of=target_named(form.data["brand"], "brand"),
        listed_on=form.data["listed_on"],
    )


def _imports(form: ImportForm, status: int = 200) -> Answer:
    return page(
        "targets/imports.html",
        status,
        imports=queries.imports(db()),
        outcomes=list(RowOutcome),
        form=form,
        may_manage=may_manage(),
    )


@pages.get("/facilities/import/<uuid:import_id>")
def import_report(import_id: uuid.UUID) -> Answer:
    """Show what became of each row of a list."""
    return _report(import_id)


@pages.post("/facilities/import/rows/<uuid:row_id>/same")
def same(row_id: uuid.UUID) -> Answer:
    """Confirm that a row is about the proposed workplace."""
    require(actor(), Permission.MANAGE_TARGETS)
    return _decide(row_id, confirm_match)


@pages.post("/facilities/import/rows/<uuid:row_id>/apart")
def apart(row_id: uuid.UUID) -> Answer:
    """Keep a row apart from the proposed workplace."""
    require(actor(), Permission.MANAGE_TARGETS)
    return _decide(row_id, keep_apart)


def _decide(row_id: uuid.UUID, decide: Callable[..., Any]) -> Answer:
    row = queries.get_import_row(db(), row_id)
    form = Form()
    if form.accepts(lambda: decide(db(), actor(), row_id=row.id)):
        return see_other("targets.import_report", import_id=row.import_id, outcome=RowOutcome.PROPOSED.value)
    return _report(row.import_id, 422, form.problems)


def _report(import_id: uuid.UUID, status: int = 200, problems: list[str] | None = None) -> Answer:
    counts = queries.outcomes_of(db(), import_id)
    outcome = asked("outcome", [one.value for one in RowOutcome])
    wanted = RowOutcome(outcome) if outcome else None
    rows, total = queries.import_rows_page(db(), import_id, outcome=wanted, page=asked_page())
    return page(
        "targets/import.html",
        status,
        taken_in=queries.get_import(db(), import_id),
        rows=[(row, [remark_sentence(*remark) for remark in row.remarks]) for row in rows],
        counts=[(one, counts[one]) for one in RowOutcome if counts.get(one)],
        outcome=wanted,
        problems=problems or [],
        may_manage=may_manage(),
        **paging(total),
    )
