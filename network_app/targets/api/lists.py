"""Taking in facility lists from programs: the upload, the report on every row, and what a person decides."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import Field

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.paging import page_of
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.operations import LARGE
from network_app.pages.payload import AskedPage, Day, Input, Line, LongLine, Made, Output, Page, made, page_of_slice
from network_app.pages.request import actor, db
from network_app.targets import queries
from network_app.targets.api.shown import FacilityShort, api
from network_app.targets.rules import RowOutcome
from network_app.targets.rules.lists import remark_sentence
from network_app.targets.use_cases.facility_lists import confirm_match, import_facilities, keep_apart


class NewList(Input):
    """A facility list to take in."""

    name: Line
    csv: str = Field(max_length=20_000_000)
    source: LongLine
    supplier_of: UUID | None = None
    listed_on: Day | None = None


class ListShort(Output):
    """A list that was handed in, and how many rows had which outcome."""

    id: UUID
    name: str
    source: str
    listed_on: dt.date | None
    imported_at: dt.datetime
    outcomes: dict[RowOutcome, int]


class Lists(Output):
    """The lists handed in so far."""

    items: list[ListShort]


class RowsAsked(AskedPage):
    """Which rows."""

    outcome: RowOutcome | None = None


class ListRow(Output):
    """What one row of a list said, and what became of it."""

    id: UUID
    line: int
    outcome: RowOutcome
    name: str
    country: str | None
    address: str
    remarks: list[str]
    facility: FacilityShort | None
    candidate: FacilityShort | None
    score: int | None


@api.get("/facility-lists", gives=Lists, scope=Scope.READ_TARGETS, may=Permission.SEE_NETWORK, web="targets.imports")
def lists() -> Lists:
    """List the facility lists taken in so far."""
    return Lists(items=[_short(one, counts) for one, counts in queries.imports(db())])


@api.get(
    "/facility-lists/<uuid:list_id>",
    gives=ListShort,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.import_report",
)
def show_list(list_id: UUID) -> ListShort:
    """Read what became of a list as a whole."""
    return _short(queries.get_import(db(), list_id), queries.outcomes_of(db(), list_id))


def _short(one: Any, counts: dict[RowOutcome, int]) -> ListShort:
    return ListShort(
        id=one.id,
        name=one.name,
        source=one.source,
        listed_on=one.listed_on,
        imported_at=one.imported_at,
        outcomes=counts,
    )


@api.get(
    "/facility-lists/<uuid:list_id>/rows",
    gives=Page[ListRow],
    asks=RowsAsked,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.import_report",
)
def rows(list_id: UUID, asked: RowsAsked) -> Page[ListRow]:
    """Read what became of each row of a list."""
    chosen = queries.chosen_import_rows(queries.get_import(db(), list_id).id, asked.outcome)
    found = page_of(db(), chosen, *queries.ROWS_IN_ORDER, after=asked.after or None, size=50, strict=True)
    return page_of_slice(found, _row)


def _row(row: Any) -> ListRow:
    return ListRow(
        id=row.id,
        line=row.line,
        outcome=row.outcome,
        name=row.name,
        country=row.country,
        address=row.address,
        remarks=[str(remark_sentence(*remark)) for remark in row.remarks],
        facility=FacilityShort.of(row.facility) if row.facility else None,
        candidate=FacilityShort.of(row.candidate) if row.candidate else None,
        score=row.score,
    )


@api.post(
    "/facility-lists",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewList,
    gives=Made,
    largest=LARGE,
    web="targets.take_in",
)
def take_in(given: NewList) -> Made:
    """Take in a facility list, written as CSV."""
    if given.supplier_of is not None and not queries.is_target(db(), given.supplier_of):
        raise Invalid(lazy("There is no such target."), field="supplier_of")
    report = import_facilities(
        db(),
        actor(),
        name=given.name,
        csv_text=given.csv,
        source=given.source,
        supplier_of=given.supplier_of,
        listed_on=given.listed_on,
    )
    return made(f"/facility-lists/{report.import_id}", id=report.import_id)


@api.post(
    "/facility-lists/rows/<uuid:row_id>/same",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    web="targets.same",
)
def same(row_id: UUID) -> None:
    """Confirm that a row is about the proposed workplace."""
    confirm_match(db(), actor(), row_id=row_id)


@api.post(
    "/facility-lists/rows/<uuid:row_id>/apart",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    web="targets.apart",
)
def apart(row_id: UUID) -> None:
    """Keep a row apart from the proposed workplace."""
    keep_apart(db(), actor(), row_id=row_id)
