"""Long lists in slices: the next one begins after the last row seen, so none is shown twice or left out meanwhile.

The place in the list travels as an opaque cursor. It needs no signature: it only says where to go on, and the list it
goes on in is chosen anew, with the rights of whoever asks.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from network_app.core.db import EnumText, UtcDateTime
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

LARGEST = 100
LONGEST_CURSOR = 2000
LARGEST_NUMBER = 2**63 - 1

Key = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Slice:
    """Some rows of a list, and where the next ones begin; `next` is None at the end."""

    rows: list[Any]
    next: str | None


@dataclass(frozen=True)
class _Ordering:
    """One key of the order: the column, its direction, and whether it may be empty (empty ones come last)."""

    column: ColumnElement[Any]
    falling: bool
    nullable: bool

    def order(self) -> ColumnElement[Any]:
        turned = self.column.desc() if self.falling else self.column.asc()
        # Said only where it matters: a database walks no index for an order that it was not made in.
        return turned.nulls_last() if self.nullable else turned

    def equal(self, value: Any) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def beyond(self, value: Any) -> ColumnElement[bool]:
        if value is None:
            return false()
        farther = self.column < value if self.falling else self.column > value
        return or_(farther, self.column.is_(None)) if self.nullable else farther


def page_of(
    session: Session, chosen: Select[Any], *keys: Key, after: str | None = None, size: int = 20, strict: bool = False
) -> Slice:
    """Read the next rows of a list, in the order of `keys`, of which the last must tell all rows apart.

    `after` is the cursor of the slice before. One that cannot be read starts the list again; with `strict` it raises
    Invalid. A select of one thing gives these things, one of several gives tuples.
    """
    orderings = [_ordering(key) for key in keys]
    place = _read(after, orderings, strict=strict) if after else None
    size = min(max(size, 1), LARGEST)
    labelled = [ordering.column.label(f"key_{number}") for number, ordering in enumerate(orderings)]
    listed = chosen.add_columns(*labelled).order_by(None).order_by(*(ordering.order() for ordering in orderings))
    if place is not None:
        listed = listed.where(_after(orderings, place))
    found = session.execute(listed.limit(size + 1)).all()
    rows, more = found[:size], len(found) > size
    cursor = _write(rows[-1][-len(keys) :]) if more else None
    return Slice([_without_keys(row, len(keys)) for row in rows], cursor)


def in_order(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    """The same order for a list that is read whole."""
    return [_ordering(key).order() for key in keys]


def _ordering(key: Key) -> _Ordering:
    column: Any = key.__clause_element__() if isinstance(key, InstrumentedAttribute) else key
    falling = isinstance(column, UnaryExpression) and column.modifier is operators.desc_op
    if falling:
        column = column.element
    return _Ordering(column, falling, getattr(column, "nullable", True))


def _after(orderings: Sequence[_Ordering], place: Sequence[Any]) -> ColumnElement[bool]:
    if not any(ordering.nullable for ordering in orderings) and len({o.falling for o in orderings}) == 1:
        # Both databases walk an index from exactly this row on.
        columns, values = (
            tuple_(*(o.column for o in orderings)),
            tuple_(*place, types=[o.column.type for o in orderings]),
        )
        return columns < values if orderings[0].falling else columns > values
    return or_(
        *(
            and_(*(o.equal(v) for o, v in zip(orderings[:n], place[:n], strict=True)), orderings[n].beyond(place[n]))
            for n in range(len(orderings))
        )
    )


def _without_keys(row: Row[Any], keys: int) -> Any:
    return row[0] if len(row) == keys + 1 else tuple(row[:-keys])


def _write(values: Sequence[Any]) -> str:
    plain = [value if value is None or isinstance(value, int) else _as_text(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(cursor: str, orderings: Sequence[_Ordering], *, strict: bool) -> list[Any] | None:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError(cursor[:20])
        written = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        return [_value(value, ordering) for value, ordering in zip(_listed(written), orderings, strict=True)]
    except (ValueError, ArithmeticError, RecursionError) as error:
        if strict:
            raise Invalid(
                lazy("This is no place in this list. Start again from its beginning."), field="after"
            ) from error
        return None


def _listed(written: Any) -> list[Any]:
    if not isinstance(written, list):
        raise ValueError("not a list")
    return written


def _value(written: Any, ordering: _Ordering) -> Any:
    """Return a value of the column's own kind; a database would stop at another. Raises ValueError."""
    if written is None:
        if not ordering.nullable:
            raise ValueError("an empty value in a column that has none")
        return None
    kind = ordering.column.type
    if isinstance(kind, EnumText):
        return kind.kind(written)
    python = datetime if isinstance(kind, UtcDateTime) else kind.python_type
    if python in (int, bool):
        return _number(written)
    if not isinstance(written, str) or "\0" in written:
        raise ValueError("not a text")
    written.encode()
    return _from_text(written, python)


def _number(written: Any) -> int:
    if not isinstance(written, int) or abs(written) > LARGEST_NUMBER:
        raise ValueError("not a number")
    return written


def _from_text(written: str, python: type) -> Any:
    if python is uuid.UUID:
        return uuid.UUID(written)
    if python is datetime:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment
    if python is date:
        return date.fromisoformat(written)
    if python in (Decimal, float):
        number = python(written)
        if not Decimal(number).is_finite():
            raise ValueError("not a number")
        return number
    return written
