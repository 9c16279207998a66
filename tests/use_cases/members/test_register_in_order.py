"""The register is read from indexes in the order of names, and finds what a look at every organisation would find."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from members.models import CoalitionMembership, Organisation
from members.queries import register_page
from members.rules import ACTING, Side, asked_prefixes
from members.use_cases.naming import rename_organisation
from network_app.core.permissions import Duty
from tests.bench.register_rows import COALITIONS, Rows
from tests.factories.members import make_actor, make_coalition, make_organisation

ASKED: list[dict[str, str]] = [
    {},
    {"country": "BD"},
    {"country": "BD", "side": "production"},
    {"side": "market", "kind": "federation"},
    {"status": "left"},
    {"coalition": "c0"},
    {"coalition": "c3", "side": "both"},
    {"coalition": "c1", "country": "IN"},
    {"text": "gar"},
    {"text": "union garment"},
    {"text": "wo un te"},
    {"text": "workers", "country": "BD"},
    {"text": "united", "coalition": "c0", "side": "production"},
]


@pytest.fixture
def filled(session: Session) -> tuple[Session, Rows]:
    """A network of 300 invented organisations."""
    chance, rows = random.Random(5), Rows()  # noqa: S311  # the same ones each time, no secret
    for number in range(300):
        rows.add(chance, number)
    rows.store(session)
    session.connection().exec_driver_sql("ANALYZE")
    return session, rows


def wanted(rows: Rows, asked: Mapping[str, str]) -> list[Any]:
    """The ids of who is asked for, found by looking at each one."""
    inside: set[tuple[Any, Any]] = {(row["organisation_id"], row["coalition_id"]) for row in rows.memberships}
    called: set[tuple[Any, Any]] = {(row["organisation_id"], row["prefix"]) for row in rows.prefixes}

    def fits(row: dict[str, Any]) -> bool:
        own = all(row[name] == asked[name] for name in ("country", "side", "kind", "family") if name in asked)
        standing = row["status"] == asked["status"] if "status" in asked else row["status"] in ACTING
        language = "language" not in asked or asked["language"] in row["languages"]
        there = "coalition" not in asked or (row["id"], rows.coalitions[asked["coalition"]]) in inside
        named = all((row["id"], word) in called for word in asked_prefixes(asked.get("text", "")))
        return own and standing and language and there and named

    found: list[dict[str, Any]] = [row for row in rows.organisations if fits(row)]
    return [row["id"] for row in sorted(found, key=lambda row: (row["folded"], str(row["id"])))]


def walked(session: Session, asked: Mapping[str, str], size: int) -> list[Any]:
    """The ids that the register gives, page by page."""
    found, after = [], None
    while True:
        part = register_page(session, asked, after=after, size=size)
        assert len(part.rows) == size or part.next is None
        found += [row.id for row in part.rows]
        if part.next is None:
            return found
        after = part.next


def test_the_register_finds_what_a_look_at_every_organisation_finds(filled: tuple[Session, Rows]) -> None:
    session, rows = filled
    more = [{"language": "bn"}, {"language": "xx"}, {"family": "Family 0", "country": "BD"}, {"status": "suspended"}]
    more += [{"coalition": COALITIONS[-1], "side": side} for side in Side]
    for asked in (*ASKED, *more):
        assert walked(session, asked, 40) == wanted(rows, asked), asked


@contextmanager
def statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def plan(session: Session, statement: str, parameters: Any) -> str:
    """How the database means to find the rows."""
    connection, words = session.connection(), "EXPLAIN QUERY PLAN"
    if connection.dialect.name == "postgresql":
        # So few rows would be read whole and sorted: what is asked is whether they need to be.
        for way in ("seqscan", "bitmapscan", "sort", "hashjoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        words = "EXPLAIN (COSTS OFF)"
    rows = connection.exec_driver_sql(f"{words} {statement}", parameters)
    return "\n".join(row[-1] for row in rows)


@pytest.mark.parametrize("analysed", [True, False])
def test_no_page_of_the_register_is_sorted_or_read_from_every_row(filled: tuple[Session, Rows], analysed: bool) -> None:
    session, _ = filled
    if not analysed and session.get_bind().dialect.name == "sqlite":
        # SQLite counts no rows by itself, so this is how it finds its way in most places.
        session.connection().exec_driver_sql("DELETE FROM sqlite_stat1")
        session.connection().exec_driver_sql("ANALYZE sqlite_schema")
    for asked in ASKED:
        after = register_page(session, asked, size=2).next
        with statements(session) as heard:
            register_page(session, asked, after=after, size=2)
        for statement, parameters in heard:
            how = plan(session, statement, parameters)
            assert not any(word in how for word in ("TEMP B-TREE", "Sort", "Seq Scan", "AUTOMATIC")), (asked, how)
            assert " SCAN organisation " not in how.replace("USING COVERING INDEX ix_organisation_in_order", ""), how


def test_two_members_of_one_name_are_not_taken_for_each_other(session: Session) -> None:
    asia = make_coalition(session, name="Asia")
    here = make_organisation(session, name="Thread Union", country="LK", coalition=asia)
    there = make_organisation(session, name="Thread Union", country="PK")
    for asked, found in (
        ({"text": "thread", "country": "LK"}, here),
        ({"text": "thread union", "country": "PK"}, there),
        ({"text": "thread", "coalition": "asia"}, here),
        ({"country": "LK", "coalition": "asia"}, here),
    ):
        assert walked(session, asked, 5) == [found.id], asked


def test_a_renamed_member_moves_to_its_new_place_in_its_coalitions(session: Session) -> None:
    asia = make_coalition(session, name="Asia")
    first, _ = (make_organisation(session, name=name, coalition=asia) for name in ("Atelier", "Button Union"))
    admin = make_actor(session, first, Duty.ADMINISTER)
    rename_organisation(session, admin, organisation_id=first.id, name="Zip Union")
    assert [row.name for row in register_page(session, {"coalition": "asia"}).rows] == ["Button Union", "Zip Union"]
    pairs = select(CoalitionMembership.folded, Organisation.folded).join(
        Organisation, Organisation.id == CoalitionMembership.organisation_id
    )
    assert all(kept == present for kept, present in session.execute(pairs))
