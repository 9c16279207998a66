"""Taking in a facility list: every row is read, recognised, proposed or refused with a sentence, in one transaction.

A machine never joins two records that differ: it proposes, and a person confirms or keeps them apart (DOMAIN 2).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.i18n import gettext as _
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import LENGTH, LETTERS, new_ref
from network_app.core.texts import clean_line
from network_app.targets.models import Facility, FacilityImport, FacilityName, ImportRow, SourcingLink
from network_app.targets.queries import get_target, import_rows, known_names
from network_app.targets.rules import Evidence, FacilityStatus, RowOutcome
from network_app.targets.rules.lists import ListRow, Remark, read_list, remark_sentence
from network_app.targets.rules.matching import Register, describe, fingerprint
from network_app.targets.rules.tables import decode_list
from network_app.targets.use_cases.registering import written_as


@dataclass(frozen=True)
class ReportLine:
    """What became of one row, for whoever handed the list in."""

    line: int
    outcome: RowOutcome
    name: str
    sentences: list[LazyText]


@dataclass(frozen=True)
class ImportReport:
    """What became of a list. `seen_before` if this very file was imported earlier, and so nothing was added."""

    import_id: uuid.UUID
    name: str
    seen_before: bool
    counts: dict[RowOutcome, int]
    lines: list[ReportLine] = field(repr=False)

    def __str__(self) -> str:
        """The whole report, row by row, as the command line prints it."""
        rows = [
            f"{one.line}\t{one.outcome.label}\t{one.name}\t{' '.join(map(str, one.sentences))}" for one in self.lines
        ]
        sums = [f"{outcome.label}: {count}" for outcome, count in self.counts.items()]
        seen = [_("This very file was taken in before; nothing was added.")] if self.seen_before else []
        return "\n".join([*(row.rstrip() for row in rows), *sums, *seen])


def import_facilities(
    session: Session,
    actor: Actor,
    *,
    name: str,
    csv_text: str | bytes,
    source: str = "",
    supplier_of: uuid.UUID | None = None,
    listed_on: dt.date | None = None,
) -> ImportReport:
    """Take in a facility list and report on every row. The same file a second time adds nothing.

    With `supplier_of`, the list is that brand's own supplier list, and each workplace on it becomes a sourcing claim.
    Raises Invalid for a file without header, without rows or of another kind.
    """
    require(actor, Permission.MANAGE_TARGETS)
    text = decode_list(csv_text) if isinstance(csv_text, bytes) else csv_text
    digest = hashlib.sha256(text.removeprefix("\ufeff").encode("utf-8", "replace")).hexdigest()
    earlier = session.scalar(select(FacilityImport).where(FacilityImport.sha256 == digest))
    if earlier is not None:
        return _report(session, earlier, seen_before=True)
    rows = read_list(text)
    taken_in = FacilityImport(
        id=new_id(),
        name=clean_line(name, "name"),
        sha256=digest,
        source=clean_line(source, "source", longest=500, required=False),
        supplier_of_id=get_target(session, supplier_of).id if supplier_of else None,
        listed_on=listed_on,
        imported_at=clock.now(session),
        imported_by=actor.person_id,
    )
    session.add(taken_in)
    session.flush()
    _place_all(session, taken_in, rows)
    audit.record(session, actor, "import_facilities", str(taken_in.id), rows=len(rows))
    return _report(session, taken_in, seen_before=False)


def confirm_match(session: Session, actor: Actor, *, row_id: uuid.UUID) -> Facility:
    """Confirm that a row is about the proposed workplace. Raises Conflict if somebody decided it already."""
    require(actor, Permission.MANAGE_TARGETS)
    row = _undecided(session, row_id)
    candidate = session.get_one(Facility, row.candidate_id)
    facility = candidate.merged_into or candidate
    _decide(session, actor, row, RowOutcome.CONFIRMED, facility)
    return facility


def keep_apart(session: Session, actor: Actor, *, row_id: uuid.UUID) -> Facility:
    """Say that a row is about another workplace, which then is on record itself. Raises Conflict if decided already."""
    require(actor, Permission.MANAGE_TARGETS)
    row = _undecided(session, row_id)
    values = {column: getattr(row, column) for column in ("name", "country", "address", "lat", "lng")}
    source, moment = _source_of(row.facility_import), clock.now(session)
    ref = new_ref(session, Facility, "F")
    facility = Facility(id=new_id(), ref=ref, source=source, added_at=moment, **values)
    session.add(facility)
    session.flush()
    _decide(session, actor, row, RowOutcome.KEPT_APART, facility)
    return facility


def _place_all(session: Session, taken_in: FacilityImport, rows: list[ListRow]) -> None:
    placing = _Placing(session, taken_in)
    placing.remember(session, {row.country for row in rows if row.country})
    for row in rows:
        placing.place(row)
    # Ten thousand rows go in as three statements: the database is not kept waiting for each.
    for model, values in (
        (Facility, placing.facilities),
        (FacilityName, placing.names),
        (ImportRow, placing.rows),
    ):
        if values:
            session.execute(insert(model), values)
    if taken_in.supplier_of_id is not None:
        on_list = [row["facility_id"] for row in placing.rows if row["facility_id"]]
        for facility_id in dict.fromkeys(on_list):
            _claim_by_list(session, taken_in, facility_id)
        session.flush()


class _Placing:
    """The one pass over a list, with everything that is known about the countries on it at hand."""

    def __init__(self, session: Session, taken_in: FacilityImport) -> None:
        self.import_id, self.source, self.now = taken_in.id, _source_of(taken_in), clock.now(session)
        self.register: Register[uuid.UUID] = Register()
        self.facility_with: dict[str, uuid.UUID] = {}
        self.line_with: dict[str, int] = {}
        self.refs = set(session.scalars(select(Facility.ref)))
        self.facilities: list[dict[str, Any]] = []
        self.names: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []

    def remember(self, session: Session, countries: set[str]) -> None:
        for name, country in known_names(session, countries):
            self.facility_with[name.fingerprint] = name.facility_id
            self.register.add(name.facility_id, country, describe(name.name, name.address))

    def place(self, read: ListRow) -> None:
        """Find out what a row is about: unreadable, known, perhaps known, or new."""
        row: dict[str, Any] = {
            "id": new_id(),
            "import_id": self.import_id,
            "line": read.line,
            "outcome": RowOutcome.PROBLEM,
            "fingerprint": "",
            "facility_id": None,
            "candidate_id": None,
            "score": None,
            **{column: getattr(read, column) for column in ("name", "country", "address", "lat", "lng")},
        }
        if read.usable and read.country is not None:
            self._recognise(row, read, read.country)
        row["remarks"] = [[code.value, value] for code, value in read.remarks]
        self.rows.append(row)

    def _recognise(self, row: dict[str, Any], read: ListRow, country: str) -> None:
        described = describe(read.name, read.address)
        mark = row["fingerprint"] = fingerprint(country, described)
        if mark in self.line_with:
            read.remark(Remark.SAME_AS_ROW, str(self.line_with[mark]))
        if mark in self.facility_with:
            row |= {"outcome": RowOutcome.KNOWN, "facility_id": self.facility_with[mark]}
            return
        first_line = self.line_with.setdefault(mark, read.line)
        proposal = self.register.best(country, described)
        if proposal is not None:
            outcome = RowOutcome.PROPOSED if first_line == read.line else RowOutcome.KNOWN
            row |= {"outcome": outcome, "candidate_id": proposal.key, "score": proposal.score}
            return
        self._put(row, mark)
        self.register.add(row["facility_id"], country, described)

    def _put(self, row: dict[str, Any], mark: str) -> None:
        """Put the workplace of a row on record, findable as the row wrote it."""
        facility_id = new_id()
        values = {column: row[column] for column in ("name", "country", "address", "lat", "lng")}
        status, ref = FacilityStatus.OPEN, _fresh_ref("F", self.refs)
        self.refs.add(ref)
        self.facilities.append(
            values | {"id": facility_id, "ref": ref, "status": status, "source": self.source, "added_at": self.now}
        )
        self.names.append(
            written_as(facility_id, name=row["name"], address=row["address"], mark=mark, source=self.source)
        )
        self.facility_with[mark] = facility_id
        row |= {"outcome": RowOutcome.NEW, "facility_id": facility_id}


def _fresh_ref(prefix: str, taken: set[str]) -> str:
    """A reference like `new_ref` makes, checked against the ones in memory instead of asking for each."""
    tries = 0
    while True:
        ref = f"{prefix}-{''.join(secrets.choice(LETTERS) for place in range(LENGTH + tries // 10))}"
        if ref not in taken:
            return ref
        tries += 1


def _undecided(session: Session, row_id: uuid.UUID) -> ImportRow:
    row = lock(session, ImportRow, row_id)
    if row.outcome is not RowOutcome.PROPOSED:
        raise Conflict(lazy("Somebody decided this row already."))
    return row


def _decide(session: Session, actor: Actor, row: ImportRow, outcome: RowOutcome, facility: Facility) -> None:
    """Settle a row and every other open row that is written the same way."""
    mark = row.fingerprint
    if session.scalar(select(FacilityName.id).where(FacilityName.fingerprint == mark)) is None:
        source = _source_of(row.facility_import)
        written = written_as(facility.id, name=row.name, address=row.address, mark=mark, source=source)
        facility.names.append(FacilityName(**written))
    alike = select(ImportRow).where(ImportRow.fingerprint == mark, ImportRow.facility_id.is_(None))
    for one in session.scalars(alike).all():
        one.facility_id = facility.id
        if one.outcome is RowOutcome.PROPOSED:
            one.outcome, one.decided_by, one.decided_at = outcome, actor.person_id, clock.now(session)
        if one.facility_import.supplier_of_id is not None:
            _claim_by_list(session, one.facility_import, facility.id)
    session.flush()
    audit.record(session, actor, outcome.value, facility.ref, row=row.id)


def _claim_by_list(session: Session, taken_in: FacilityImport, facility_id: uuid.UUID | None) -> None:
    """A workplace on a brand's own supplier list is a claim like any other, waiting for review."""
    source = _source_of(taken_in)
    same = select(SourcingLink.id).where(
        SourcingLink.target_id == taken_in.supplier_of_id,
        SourcingLink.facility_id == facility_id,
        SourcingLink.source == source,
    )
    if session.scalar(same) is not None:
        return
    session.add(
        SourcingLink(
            id=new_id(),
            target_id=taken_in.supplier_of_id,
            facility_id=facility_id,
            evidence=Evidence.SUPPLIER_LIST,
            claim=taken_in.name,
            first_seen=taken_in.listed_on,
            last_seen=taken_in.listed_on,
            source=source,
            claimed_at=clock.now(session),
        )
    )


def _source_of(taken_in: FacilityImport) -> str:
    return taken_in.source or taken_in.name


def _report(session: Session, taken_in: FacilityImport, *, seen_before: bool) -> ImportReport:
    rows = import_rows(session, taken_in.id)
    lines = [
        ReportLine(row.line, row.outcome, row.name, [remark_sentence(code, value) for code, value in row.remarks])
        for row in rows
    ]
    return ImportReport(taken_in.id, taken_in.name, seen_before, Counter(row.outcome for row in rows), lines)
