"""Taking in facility lists: idempotent, all or nothing, and never joining what only looks alike."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.permissions import Actor
from network_app.demo.public_data import facility_lists
from network_app.targets.models import Facility, FacilityImport, FacilityName, ImportRow, SourcingLink
from network_app.targets.queries import find_facilities, import_rows, import_rows_page, links_of_target, outcomes_of
from network_app.targets.rules import Evidence, LinkState, RowOutcome
from network_app.targets.use_cases.facility_lists import ImportReport, confirm_match, import_facilities, keep_apart
from network_app.targets.use_cases.registering import join_facilities
from tests.factories.targets import SYSTEM, make_facility, make_target

HEADER = "name,country,address\n"
VOGUE = 'Voguetex (Pvt) Ltd,Sri Lanka,"Udukawa, Denipitiya, Weligama"\n'
VOGUE_AGAIN = 'VOGUE TEX PVT LTD,LK,"Udukawa Industrial Estate, Denipitiya, Weligama"\n'


def take_in(session: Session, rows: str, name: str = "List", **values: Any) -> ImportReport:
    """Take in a list with these rows."""
    return import_facilities(session, SYSTEM, name=name, csv_text=HEADER + rows, **values)


def count(session: Session, model: type) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def open_row(session: Session, report: ImportReport) -> uuid.UUID:
    """The one row of a list that waits for a person."""
    (row,) = [row for row in import_rows(session, report.import_id) if row.outcome is RowOutcome.PROPOSED]
    return row.id


def test_every_row_is_reported_on(session: Session) -> None:
    make_facility(session, name="Known Sewing Ltd", country="KH", address="Street 9, Phnom Penh")
    report = take_in(
        session,
        'KNOWN SEWING LIMITED,Cambodia,"Street 9, Phnom Penh"\n'
        + VOGUE
        + VOGUE_AGAIN
        + "Nowhere Ltd,Atlantis,Street 1\n"
        + "\n"
        + "Wrong Ltd,Bangaldesh,Dhaka\n"
        + 'voguetex pvt limited,LK,"Udukawa, Denipitiya; Weligama"\n',
    )
    assert [(line.line, line.outcome) for line in report.lines] == [
        (2, RowOutcome.KNOWN),
        (3, RowOutcome.NEW),
        (4, RowOutcome.PROPOSED),
        (5, RowOutcome.PROBLEM),
        (7, RowOutcome.NEW),
        (8, RowOutcome.KNOWN),
    ]
    assert report.counts == {RowOutcome.KNOWN: 2, RowOutcome.NEW: 2, RowOutcome.PROPOSED: 1, RowOutcome.PROBLEM: 1}
    assert "Atlantis" in str(report.lines[3].sentences[0])
    assert "Bangaldesh" in str(report.lines[4].sentences[0])
    assert outcomes_of(session, report.import_id) == report.counts
    assert import_rows_page(session, report.import_id, outcome=RowOutcome.PROBLEM)[1] == 1


def test_the_same_file_twice_adds_nothing(session: Session) -> None:
    first = take_in(session, VOGUE + VOGUE_AGAIN)
    before = [count(session, model) for model in (Facility, FacilityName, FacilityImport, ImportRow)]
    again = take_in(session, VOGUE + VOGUE_AGAIN, name="Another name")
    with_mark = import_facilities(
        session, SYSTEM, name="x", csv_text=(HEADER + VOGUE + VOGUE_AGAIN).encode("utf-8-sig")
    )
    assert "nothing was added" in str(again) and "New facility: 1" in str(first)
    assert again.seen_before and with_mark.seen_before and not first.seen_before
    assert again.import_id == first.import_id and again.counts == first.counts
    assert before == [count(session, model) for model in (Facility, FacilityName, FacilityImport, ImportRow)]


def test_a_newer_edition_adds_only_what_is_new(session: Session) -> None:
    take_in(session, VOGUE)
    report = take_in(session, VOGUE.upper() + "Fresh Ltd,KH,Street 1\n")
    assert [line.outcome for line in report.lines] == [RowOutcome.KNOWN, RowOutcome.NEW]
    assert count(session, Facility) == 2


def test_a_person_confirms_that_a_row_is_the_same(session: Session) -> None:
    take_in(session, VOGUE)
    report = take_in(session, VOGUE_AGAIN, name="Second")
    assert count(session, Facility) == 1
    facility = confirm_match(session, SYSTEM, row_id=open_row(session, report))
    assert {name.name for name in facility.names} == {"Voguetex (Pvt) Ltd", "VOGUE TEX PVT LTD"}
    assert find_facilities(session, "vogue tex industrial") == [facility]
    third = take_in(session, VOGUE_AGAIN + "More Ltd,KH,x\n", name="Third")
    assert third.lines[0].outcome is RowOutcome.KNOWN


def test_a_person_keeps_a_row_apart_and_is_not_asked_again(session: Session) -> None:
    take_in(session, VOGUE)
    report = take_in(session, VOGUE_AGAIN, name="Second")
    facility = keep_apart(session, SYSTEM, row_id=open_row(session, report))
    assert facility.name == "VOGUE TEX PVT LTD" and count(session, Facility) == 2
    third = take_in(session, VOGUE_AGAIN + "More Ltd,KH,x\n", name="Third")
    assert third.lines[0].outcome is RowOutcome.KNOWN


def test_one_decision_settles_every_open_row_that_is_written_the_same(session: Session) -> None:
    take_in(session, VOGUE)
    second = take_in(session, VOGUE_AGAIN, name="Second")
    third = take_in(session, VOGUE_AGAIN + "More Ltd,KH,x\n", name="Third")
    confirm_match(session, SYSTEM, row_id=open_row(session, second))
    row = import_rows(session, third.import_id)[0]
    assert row.outcome is RowOutcome.CONFIRMED and row.facility_id is not None
    for act in (confirm_match, keep_apart):
        with pytest.raises(Conflict):
            act(session, SYSTEM, row_id=row.id)


def test_a_match_with_a_joined_record_leads_to_the_one_that_stays(session: Session) -> None:
    take_in(session, VOGUE)
    report = take_in(session, VOGUE_AGAIN, name="Second")
    (old,) = find_facilities(session, "voguetex")
    kept = make_facility(session, name="Weligama Vogue", country="LK")
    join_facilities(session, SYSTEM, kept_id=kept.id, joined_id=old.id)
    assert confirm_match(session, SYSTEM, row_id=open_row(session, report)) is kept


def test_a_brands_own_list_makes_claims_once_and_also_after_a_decision(session: Session) -> None:
    brand = make_target(session)
    take_in(session, VOGUE)
    day = dt.date(2024, 5, 1)
    report = take_in(
        session, VOGUE + VOGUE_AGAIN + "Fresh Ltd,KH,x\n", name="Suppliers", supplier_of=brand.id, listed_on=day
    )
    assert len(links_of_target(session, brand.id)) == 2
    confirm_match(session, SYSTEM, row_id=open_row(session, report))
    links = links_of_target(session, brand.id)
    assert len(links) == 2 == count(session, SourcingLink)
    assert {(link.evidence, link.state, link.last_seen) for link in links} == {
        (Evidence.SUPPLIER_LIST, LinkState.UNREVIEWED, day)
    }


def test_a_file_that_is_no_list_leaves_nothing(session: Session) -> None:
    for text in ("", "a,b\n1,2\n", HEADER):
        with pytest.raises(Invalid):
            import_facilities(session, SYSTEM, name="x", csv_text=text)
    assert count(session, FacilityImport) == 0


def test_a_stranger_takes_in_and_decides_nothing(session: Session) -> None:
    take_in(session, VOGUE)
    report = take_in(session, VOGUE_AGAIN, name="Second")
    nobody = Actor.nobody()
    with pytest.raises(NotAllowed):
        import_facilities(session, nobody, name="x", csv_text=HEADER + VOGUE)
    for act in (confirm_match, keep_apart):
        with pytest.raises(NotAllowed):
            act(session, nobody, row_id=open_row(session, report))


def test_the_thirteen_real_lists(session: Session) -> None:
    reports = [
        import_facilities(session, SYSTEM, name=one.name, csv_text=one.data, source=one.source)
        for one in facility_lists()
    ]
    total = sum((report.counts.get(RowOutcome.NEW, 0) for report in reports), 0)
    rows = sum(len(report.lines) for report in reports)
    assert rows == 608
    assert total == count(session, Facility)
    assert 540 <= total <= 608
    again = import_facilities(session, SYSTEM, name="again", csv_text=facility_lists()[0].data)
    assert again.seen_before
