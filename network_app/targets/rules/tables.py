"""Files of rows as other people's programs write them: unknown encoding and delimiter, quotes that are never closed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

DELIMITERS = (",", ";", "\t", "|")
# A cell with more lines than this swallowed what follows, after a quotation mark that was never closed.
MOST_LINES_IN_A_CELL = 12
# In Turkish files these stand where the Western table has Icelandic letters.
WESTERN_FOR_TURKISH = frozenset("ÐÝÞðýþ")


def decode_list(data: bytes) -> str:
    """Turn the bytes of a file into text, whatever program wrote it. Raises Invalid for a spreadsheet file."""
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise Invalid(lazy("This is a spreadsheet file. Open it, save it as CSV (UTF-8) and import that."))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    start = data[:400]
    if b"\0" in start:
        low_byte_first = start[1::2].count(0) >= start[::2].count(0)
        return data.decode("utf-16-le" if low_byte_first else "utf-16-be", errors="replace")
    mended = data.decode("utf-8-sig", errors="replace")
    unread = mended.count("\ufffd")
    # A few broken bytes in a UTF-8 file: losing these letters is better than garbling all others.
    if unread == 0 or sum(not char.isascii() for char in mended) > 4 * unread:
        return mended
    western = data.decode("cp1252", errors="replace")
    return data.decode("cp1254", errors="replace") if WESTERN_FOR_TURKISH & set(western) else western


def records(text: str, delimiter: str, width: int = 0) -> Iterator[tuple[int, list[str] | None]]:
    """Every record with its row number, as a spreadsheet counts.

    None stands for one that an open quotation mark spoilt; reading goes on from the line after it. With `width`, the
    number of columns, a record that ran into the next one is noticed too.
    """
    lines = list(io.StringIO(text.removeprefix("\ufeff").replace("\0", "") + "\n", newline=""))
    start = row = 0
    while start < len(lines):
        reader = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=delimiter)
        read = 0
        for cells in _until_too_long(reader):
            row += 1
            if _swallowed(cells, lines[start + read : start + reader.line_num], width):
                yield row, None
                start += read + 1
                break
            yield row, cells
            read = reader.line_num
        else:
            return


def _until_too_long(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The records; an endless cell, which csv refuses to read, comes out as one that swallowed the rest."""
    try:
        yield from reader
    except csv.Error:
        yield ["\n" * (MOST_LINES_IN_A_CELL + 1)]


def _swallowed(cells: list[str], lines: list[str], width: int) -> bool:
    """Whether a record of several lines is in truth several records after a quotation mark that was never closed."""
    if len(lines) < 2:
        return False
    written = "".join(lines)
    return (
        written.count('"') % 2 == 1
        or len(lines) > MOST_LINES_IN_A_CELL
        or 0 < width < len(cells)
        or (cells[-1].endswith(("\n", "\r")) and not written.rstrip().endswith('"'))
    )
