"""Which passwords are guessed first: common words, rows of keys, repeats, and words that stand around the person.

The list is our own and short. It works through forms: `P@ssw0rd2024!` is the word `password`, whatever is hung on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

from network_app.core.i18n import LazyText, lazy

COMMON = Path(__file__).with_name("common_words.txt")
LEET = str.maketrans("01345789@$!|+", "oleastbgasiit")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
    "azertyuiop",
    "qsdfghjklm",
)
# Longer ones of common words are as good as any phrase: five words in a row are hard to guess.
FEW_WORDS = 3

TOO_COMMON = lazy("This is among the passwords that are tried first. Choose another; four or five words will do.")
TOO_EVEN = lazy("This is a row or a repeat that is tried first. Choose another; four or five words will do.")
TOO_NEAR = lazy("This is made of a name that others know: yours, your organisation's or the network's. Choose another.")


def as_compared(password: str) -> str:
    """The one written form of a password: the same letters from two keyboards are the same password."""
    return unicodedata.normalize("NFC", password)


def why_easy_to_guess(password: str, context: Collection[str] = ()) -> LazyText | None:
    """Say why a password would be guessed early; None if no rule knows it."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if _is_even(plain):
        return TOO_EVEN
    for form in _forms(plain):
        if _is_few(form, _common()):
            return TOO_COMMON
        if _is_few(form, _common() | _words(context), needs=_words(context)):
            return TOO_NEAR
    return None


def _forms(plain: str) -> set[str]:
    """The letters of a password: as they stand, and with figures and signs read as the letters they stand for."""
    bare = plain.strip("0123456789!?.,;:#*-_+=@$& ")
    return {re.sub(r"[\W\d_]+", "", form) for form in (plain, bare, bare.translate(LEET), plain.translate(LEET))}


def _is_even(plain: str) -> bool:
    if len(set(plain)) < 5:
        return True
    period = next((size for size in range(1, 5) if plain == (plain[:size] * len(plain))[: len(plain)]), None)
    return period is not None or _is_rows(plain)


def _is_rows(plain: str) -> bool:
    """Whether it is nothing but pieces of three and more from rows of keys, forwards or backwards."""
    at = 0
    while at < len(plain):
        size = max((_run(plain[at:], row) for row in _both_ways()), default=0)
        if size < 3:
            return False
        at += size
    return True


def _run(text: str, row: str) -> int:
    start = row.find(text[0])
    size = 0
    while start >= 0 and size < len(text) and start + size < len(row) and text[size] == row[start + size]:
        size += 1
    return size


@cache
def _both_ways() -> tuple[str, ...]:
    return ROWS + tuple(row[::-1] for row in ROWS)


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _words(context: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for text in context:
        parts = re.split(r"[\W\d_]+", unicodedata.normalize("NFKC", text).casefold())
        found |= {part for part in (*parts, "".join(parts)) if len(part) >= 3}
    return frozenset(found)


def _is_few(letters: str, words: frozenset[str], *, needs: frozenset[str] | None = None) -> bool:
    """Whether the letters are at most three of these words (one of `needs` among them), and hardly anything else."""
    if len(letters) < 3:
        # Figures and signs alone are a number, and numbers are tried first.
        return needs is None
    fewest: dict[int, tuple[int, bool]] = {0: (0, needs is None)}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 40), end):
            if start in fewest and fewest[start][0] < FEW_WORDS and letters[start:end] in words:
                count, near = fewest[start]
                reached = (count + 1, near or (needs is not None and letters[start:end] in needs))
                if end not in fewest or (not fewest[end][1] and reached[1]) or reached[0] < fewest[end][0]:
                    fewest[end] = reached
    return fewest.get(len(letters), (0, False))[1]
