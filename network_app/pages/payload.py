"""What programs send and get: every field named, nothing taken that was not asked for, nothing given by accident."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.paging import Slice

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AMOUNT = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
PAGE_SIZE = 50
PREFIX = "/api/v1"


def _day(value: object) -> object:
    # Read here: Pydantic would also take a number of seconds, and a time of day beside it.
    return date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else value


def _whole(value: object) -> object:
    # To JSON, 7 and 7.0 are the same number.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _file(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise Invalid(lazy("This is not a file in base64.")) from None


# A line and a text are cleaned by the use cases (core.texts); here is only how long they may be.
Line = Annotated[str, StringConstraints(max_length=200)]
LongLine = Annotated[str, StringConstraints(max_length=500)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
ShortText = Annotated[str, StringConstraints(max_length=2_000)]
Ref = Annotated[str, StringConstraints(max_length=40)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(max_length=12)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Count = Annotated[int, Field(ge=0, le=10_000_000), BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=0, le=1_000), BeforeValidator(_whole)]
SignDays = Annotated[int, Field(ge=0, le=60), BeforeValidator(_whole)]
Number = Annotated[int, Field(ge=0, le=99_999), BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
# Money is text, so that no program makes a floating-point number of it on the way.
Amount = Annotated[str, StringConstraints(pattern=AMOUNT)]
File = Annotated[
    bytes,
    BeforeValidator(_file),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "maxLength": 40_000_000}),
]
Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(amount, "f"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["1400000.00"]}),
]


class Input(BaseModel):
    """A request's body. A field that nobody asked for is refused, so that nothing is set by guessing its name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(BaseModel):
    """What stands behind the question mark of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedPage(Asked):
    """A long list is asked for page by page."""

    after: str = Field("", max_length=400, description="Where the page before ended: its `next`.")


class Output(BaseModel):
    """An answer. Only the fields that a model names are ever given."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def of(cls, row: object) -> Self:
        """Take the named fields of a row, and no others."""
        return cls.model_validate(row)

    @classmethod
    def all_of(cls, rows: Iterable[object]) -> list[Self]:
        """The same for several."""
        return [cls.model_validate(row) for row in rows]

    def again(self) -> Self:
        """What the same request is answered when it comes again: without what is shown once and stored nowhere."""
        return self


Item = TypeVar("Item", bound=Output)


class Page(Output, Generic[Item]):
    """One page of a long list; `next` is what to ask for `after` to get the page behind it."""

    items: list[Item]
    next: str | None = None


class Made(Output):
    """What an act made: where to find it."""

    ref: str | None = None
    id: UUID | None = None
    href: str


class ShownOnce(Output):
    """A link that lets somebody in, shown once and stored nowhere.

    The same request again, by its Idempotency-Key, makes nothing new: then `repeated` is true and `link` is null.
    Whoever lost the link takes it back and makes another.
    """

    link: str | None
    repeated: bool = False
    href: str

    def again(self) -> Self:
        """The same without the link."""
        return self.model_copy(update={"link": None, "repeated": True})


def made(path: str, *, ref: str | None = None, id: UUID | None = None) -> Made:
    """What was made, under this path."""
    return Made(ref=ref, id=id, href=f"{PREFIX}{path}")


def page_after(
    rows: Sequence[Any], after: str, *, key: Callable[[Any], str], show: Callable[[Any], Item], size: int = PAGE_SIZE
) -> Page[Item]:
    """The rows behind the one whose key is `after`. Raises Invalid if there is no such row.

    For lists that are read whole anyway; long registers are cut by the database (core.paging).
    """
    start = 0
    if after:
        found = next((number for number, row in enumerate(rows) if key(row) == after), None)
        if found is None:
            raise Invalid(lazy("This is no place in this list. Start again from its beginning."), field="after")
        start = found + 1
    shown = rows[start : start + size]
    more = start + size < len(rows)
    return Page(items=[show(row) for row in shown], next=key(shown[-1]) if more else None)


def page_of_slice(found: Slice, show: Callable[[Any], Item]) -> Page[Item]:
    """A slice that the database cut, as an answer."""
    return Page(items=[show(row) for row in found.rows], next=found.next)
