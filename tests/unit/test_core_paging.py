"""Long lists come whole: every row once, whatever is empty, equal, or added while somebody turns the pages."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from network_app.core.db import EnumText, UtcDateTime
from network_app.core.errors import Invalid
from network_app.core.paging import page_of

START = datetime(2026, 1, 1, tzinfo=UTC)
LENIENT = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Base(DeclarativeBase):
    """Tables of this test only."""


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Bead(Base):
    __tablename__ = "bead"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    weight: Mapped[int | None]
    colour: Mapped[Colour] = mapped_column(EnumText(Colour))
    found_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ORDERS: dict[str, tuple[Any, ...]] = {
    "rising": (Bead.name, Bead.id),
    "falling": (Bead.name.desc(), Bead.id.desc()),
    "mixed": (Bead.name.desc(), Bead.id),
    "empty values": (Bead.weight, Bead.found_at.desc(), Bead.id),
    "only empty": (Bead.weight.desc(), Bead.id.desc()),
    "kinds": (Bead.colour, Bead.found_at, Bead.id),
}
beads = st.builds(
    lambda name, weight, colour, days: {
        "id": uuid.uuid4(),
        "name": name,
        "weight": weight,
        "colour": colour,
        "found_at": None if days is None else START + timedelta(days=days, microseconds=days),
    },
    # Few values, so that many rows are equal in all but their id.
    name=st.sampled_from(["", "a", "b", "É", "ক", "a b", "%_\\"]),
    weight=st.none() | st.integers(-2, 2),
    colour=st.sampled_from(Colour),
    days=st.none() | st.integers(0, 3),
)


@pytest.fixture
def shelf(factory: sessionmaker[Session]) -> Iterator[Session]:
    """A session on a database that has our own table too."""
    with factory() as session:
        Base.metadata.create_all(session.connection())
        session.commit()
        yield session
        session.rollback()


def put(session: Session, rows: list[dict[str, Any]]) -> None:
    session.add_all(Bead(**row) for row in rows)
    session.flush()


def turn_all(session: Session, order: tuple[Any, ...], size: int) -> list[uuid.UUID]:
    """Every id, page by page."""
    seen, after = [], None
    while True:
        part = page_of(session, select(Bead), *order, after=after, size=size)
        assert len(part.rows) <= size
        seen += [row.id for row in part.rows]
        assert len(seen) <= 20, "the list never ends"
        if part.next is None:
            return seen
        assert len(part.rows) == size
        after = part.next


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@LENIENT
@given(rows=st.lists(beads, max_size=12), size=st.integers(1, 5))
def test_page_by_page_is_the_same_as_all_at_once(
    shelf: Session, order: tuple[Any, ...], rows: list[dict[str, Any]], size: int
) -> None:
    shelf.execute(delete(Bead))
    put(shelf, rows)
    whole = [row.id for row in page_of(shelf, select(Bead), *order, size=100).rows]
    assert sorted(whole) == sorted(row["id"] for row in rows)
    assert turn_all(shelf, order, size) == whole


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@LENIENT
@given(
    rows=st.lists(beads, min_size=2, max_size=8),
    later=st.lists(beads, max_size=6),
    gone=st.integers(0, 7),
    size=st.integers(1, 3),
)
def test_what_comes_and_goes_between_two_pages_hides_and_repeats_nothing_else(
    shelf: Session,
    order: tuple[Any, ...],
    rows: list[dict[str, Any]],
    later: list[dict[str, Any]],
    gone: int,
    size: int,
) -> None:
    shelf.execute(delete(Bead))
    put(shelf, rows)
    first = page_of(shelf, select(Bead), *order, size=size)
    lost = rows[gone % len(rows)]["id"]
    seen = [row.id for row in first.rows]
    put(shelf, later)
    shelf.execute(delete(Bead).where(Bead.id == lost))
    after = first.next
    while after is not None:
        part = page_of(shelf, select(Bead), *order, after=after, size=size)
        seen += [row.id for row in part.rows]
        assert len(seen) <= 20, "the list never ends"
        after = part.next
    assert len(seen) == len(set(seen))
    assert {row["id"] for row in rows} - {lost} <= set(seen)


def test_empty_values_come_last_in_both_directions_on_both_databases(shelf: Session) -> None:
    put(
        shelf,
        [
            {"id": uuid.uuid4(), "name": str(w), "weight": w, "colour": Colour.RED, "found_at": None}
            for w in (2, None, 1)
        ],
    )
    for order in ((Bead.weight, Bead.id), (Bead.weight.desc(), Bead.id)):
        assert page_of(shelf, select(Bead.weight), *order).rows[-1] is None


def cursor_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


BAD = {
    "no base64": "%%%",
    "cut": cursor_of("a", str(uuid.uuid4()))[:-5],
    "no list": base64.urlsafe_b64encode(b'{"a":1}').decode(),
    "too few": cursor_of("a"),
    "too many": cursor_of("a", str(uuid.uuid4()), 1),
    "no id": cursor_of("a", "not an id"),
    "a number for a name": cursor_of(1, str(uuid.uuid4())),
    "nothing for a name": cursor_of(None, str(uuid.uuid4())),
    "a zero byte": cursor_of("a\0", str(uuid.uuid4())),
    "half a letter": base64.urlsafe_b64encode(b'["\\ud800","%s"]' % str(uuid.uuid4()).encode()).decode(),
    "too long": cursor_of("a" * 5000, str(uuid.uuid4())),
    "deep": base64.urlsafe_b64encode(b"[" * 1400).decode(),
    "no latin": "ক",
}


@pytest.mark.parametrize("cursor", BAD.values(), ids=list(BAD))
def test_a_cursor_that_cannot_be_read_starts_the_list_again_or_is_refused(shelf: Session, cursor: str) -> None:
    put(shelf, [{"id": uuid.uuid4(), "name": "a", "weight": 1, "colour": Colour.RED, "found_at": None}])
    order = (Bead.name, Bead.id)
    assert len(page_of(shelf, select(Bead), *order, after=cursor).rows) == 1
    with pytest.raises(Invalid):
        page_of(shelf, select(Bead), *order, after=cursor, strict=True)


@pytest.mark.parametrize("values", [(10**30, None), ("1", None), (1, "2026-01-01T00:00:00"), (1, "yesterday")])
def test_a_number_or_moment_that_is_none_is_no_place_in_a_list(shelf: Session, values: tuple[Any, Any]) -> None:
    with pytest.raises(Invalid):
        cursor = cursor_of(*values, str(uuid.uuid4()))
        page_of(shelf, select(Bead), Bead.weight, Bead.found_at, Bead.id, after=cursor, strict=True)


def test_nobody_gets_the_whole_list_by_asking_for_a_large_page(shelf: Session) -> None:
    put(
        shelf,
        [{"id": uuid.uuid4(), "name": "a", "weight": n, "colour": Colour.RED, "found_at": None} for n in range(130)],
    )
    assert len(page_of(shelf, select(Bead), Bead.id, size=10**9).rows) == 100
    assert len(page_of(shelf, select(Bead), Bead.id, size=-3).rows) == 1
