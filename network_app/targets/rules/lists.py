"""Reading a facility list as it comes: any encoding, delimiter, header, language, broken quotes and stray lines.

Nothing is dropped in silence. Every row comes out either usable, with remarks on what was mended, or with a
problem that says in a sentence what a person can do.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice

from network_app.core.errors import Invalid
from network_app.core.i18n import LazyText, lazy
from network_app.targets.rules.columns import ADDRESS_PARTS, find_columns
from network_app.targets.rules.countries import country_at_the_end, read_country
from network_app.targets.rules.tables import DELIMITERS, records

HEADER_WITHIN = 15
MOST_ROWS = 50_000
LONGEST_NAME = 300
LONGEST_ADDRESS = 800


class Remark(enum.StrEnum):
    """What a person should know about how a row was read."""

    NO_NAME = "no_name"
    NO_COUNTRY = "no_country"
    UNKNOWN_COUNTRY = "unknown_country"
    TOO_LONG = "too_long"
    OPEN_QUOTE = "open_quote"
    COUNTRY_GUESSED = "country_guessed"
    COUNTRY_FROM_ADDRESS = "country_from_address"
    NO_COORDINATES = "no_coordinates"
    BAD_COORDINATES = "bad_coordinates"
    UNREADABLE = "unreadable"
    NO_ADDRESS = "no_address"
    SAME_AS_ROW = "same_as_row"


REMARK_SENTENCES: dict[Remark, LazyText] = {
    Remark.NO_NAME: lazy("There is no name of a workplace in this row."),
    Remark.NO_COUNTRY: lazy("There is no country in this row. Add it and import the list again."),
    Remark.UNKNOWN_COUNTRY: lazy("The country “%(value)s” is not known. Write its name or two-letter code."),
    Remark.TOO_LONG: lazy("A cell here is far too long for a name or an address."),
    Remark.OPEN_QUOTE: lazy("A quotation mark is opened here and never closed, so this row could not be read."),
    Remark.COUNTRY_GUESSED: lazy("The country “%(value)s” was read as the nearest spelling."),
    Remark.COUNTRY_FROM_ADDRESS: lazy("The country was taken from the end of the address."),
    Remark.NO_COORDINATES: lazy("No position is given, so it is not on the map."),
    Remark.BAD_COORDINATES: lazy("The position “%(value)s” cannot be right and was left out."),
    Remark.UNREADABLE: lazy("Some letters could not be read. Save the list as UTF-8 to keep them."),
    Remark.NO_ADDRESS: lazy("No address is given."),
    Remark.SAME_AS_ROW: lazy("The same as row %(value)s of this list."),
}
PROBLEMS = frozenset({Remark.NO_NAME, Remark.NO_COUNTRY, Remark.UNKNOWN_COUNTRY, Remark.TOO_LONG, Remark.OPEN_QUOTE})


@dataclass
class ListRow:
    """One row as it was understood. `line` counts rows as a spreadsheet does, from 1 with the header."""

    line: int
    name: str = ""
    country: str | None = None
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    remarks: list[tuple[Remark, str]] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether a workplace can be made from this row."""
        return not any(remark in PROBLEMS for remark, _ in self.remarks)

    def remark(self, remark: Remark, value: str = "") -> None:
        """Note what a person should know about this row."""
        self.remarks.append((remark, value[:80]))


def remark_sentence(code: str, value: str) -> LazyText:
    """The sentence for a remark as it was stored."""
    return REMARK_SENTENCES[Remark(code)] % {"value": value}


def read_list(text: str) -> list[ListRow]:
    """Read every row of a list. Raises Invalid if no header is found or the file is no table."""
    header = _find_header(text)
    rows = []
    for line, cells in records(text, header.delimiter, header.width):
        if line > header.line and (cells is None or any(cell.strip() for cell in cells)):
            rows.append(_read_row(line, cells, header.columns))
        if len(rows) > MOST_ROWS:
            raise Invalid(lazy("This list has over %(most)d rows. Please split it.") % {"most": MOST_ROWS})
    if not rows:
        raise Invalid(lazy("There are no rows below the header of this list."))
    return rows


@dataclass(frozen=True)
class Header:
    """Where the header of a list stands and what its columns mean."""

    delimiter: str
    line: int
    width: int
    columns: dict[str, int]


def _find_header(text: str) -> Header:
    found = []
    for delimiter in DELIMITERS:
        for line, cells in islice(records(text, delimiter), HEADER_WITHIN):
            columns = find_columns(cells or [])
            if "name" in columns and ("country" in columns or "address" in columns):
                found.append(Header(delimiter, line, len(cells or []), columns))
    if not found:
        raise Invalid(
            lazy("No header was found. The first row must name the columns, at least: name, country, address.")
        )
    return max(found, key=lambda header: len(header.columns))


def _read_row(line: int, cells: list[str] | None, columns: dict[str, int]) -> ListRow:
    row = ListRow(line)
    if cells is None:
        row.remark(Remark.OPEN_QUOTE)
        return row
    values = {what: _clean(cells[at]) if at < len(cells) else "" for what, at in columns.items()}
    row.name = values.get("name", "")
    row.address = _whole_address(values)
    _check_name(row)
    _read_country_of(row, values.get("country", ""))
    _read_position(row, values)
    if not row.address:
        row.remark(Remark.NO_ADDRESS)
    if "\ufffd" in row.name + row.address:
        row.remark(Remark.UNREADABLE)
    return row


def _clean(cell: str) -> str:
    """One line without control signs, hidden turns of the reading direction, and the quotes of a spreadsheet."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in cell)
    plain = "".join(char for char in shown if unicodedata.category(char) != "Cf" or char in "\u200c\u200d")
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", plain)).strip(" \"'")


def _whole_address(values: dict[str, str]) -> str:
    parts: list[str] = []
    for what in ADDRESS_PARTS:
        part = values.get(what, "").strip(" ,;")
        if part and part.casefold() not in ", ".join(parts).casefold():
            parts.append(part)
    return ", ".join(parts)


def _check_name(row: ListRow) -> None:
    if not any(char.isalpha() for char in row.name):
        row.remark(Remark.NO_NAME)
    if len(row.name) > LONGEST_NAME or len(row.address) > LONGEST_ADDRESS:
        row.remark(Remark.TOO_LONG)
        row.name, row.address = row.name[:LONGEST_NAME], row.address[:LONGEST_ADDRESS]


def _read_country_of(row: ListRow, written: str) -> None:
    read = read_country(written) if written else None
    if read is not None:
        row.country = read.code
        if read.guessed:
            row.remark(Remark.COUNTRY_GUESSED, written)
        return
    row.country = country_at_the_end(row.address)
    if row.country is not None:
        row.remark(Remark.COUNTRY_FROM_ADDRESS)
    elif any(char.isalnum() for char in written):
        row.remark(Remark.UNKNOWN_COUNTRY, written)
    else:
        row.remark(Remark.NO_COUNTRY)


def _read_position(row: ListRow, values: dict[str, str]) -> None:
    if not values.keys() & {"lat", "coordinates"}:
        return
    written = [values.get("lat", ""), values.get("lng", "")]
    if not any(written):
        written = re.findall(r"-?\d+(?:[.,]\d+)?", values.get("coordinates", ""))
    if not any(char.isdigit() for char in "".join(written)):
        row.remark(Remark.NO_COORDINATES)
        return
    lat, lng = (_number(text) for text in written) if len(written) == 2 else (None, None)
    if lat is not None and lng is not None and abs(lat) <= 90 and abs(lng) <= 180 and (lat, lng) != (0, 0):
        row.lat, row.lng = lat, lng
    else:
        row.remark(Remark.BAD_COORDINATES, ", ".join(written))


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").strip(" °NEne"))
    except ValueError:
        return None
