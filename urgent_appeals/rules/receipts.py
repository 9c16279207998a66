"""The receipt: groups of digits that a person can write on paper, say on the phone and type in their own numerals."""

from __future__ import annotations

import unicodedata

RANDOM_DIGITS = 15
GROUP = 4
NO_BREAK = "\u00a0"
LENGTH = RANDOM_DIGITS + 1

# Damm's table: finds every wrong digit and every two neighbours swapped.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

# The first of ten numerals that follow each other in Unicode.
_ZERO = {"bn": 0x09E6, "km": 0x17E0, "my": 0x1040, "ur": 0x06F0}


def check_digit(digits: str) -> str:
    """The digit that makes `digits` end in a right receipt number."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def with_check_digit(digits: str) -> str:
    """A receipt number from its random digits."""
    return digits + check_digit(digits)


def in_groups(number: str) -> str:
    """The number as it is shown: `4821 9035 2207 1964`, which breaks on a narrow phone only in its middle."""
    groups = [number[start : start + GROUP] for start in range(0, len(number), GROUP)]
    return " ".join(NO_BREAK.join(groups[start : start + 2]) for start in range(0, len(groups), 2))


def in_numerals(number: str, language: str) -> str:
    """The number in the numerals of a language; unchanged where it uses 0 to 9."""
    zero = _ZERO.get(language)
    return number.translate({ord("0") + place: zero + place for place in range(10)}) if zero else number


def read_receipt(typed: str) -> str | None:
    """The number that was typed, in any numerals, with spaces and dashes; None if it cannot be a receipt."""
    digits = []
    for sign in typed[:200]:
        value = unicodedata.decimal(sign, None)
        if value is not None:
            digits.append(str(value))
        elif not (sign.isspace() or unicodedata.category(sign) in {"Pd", "Cf"} or sign in "._/"):
            return None
    number = "".join(digits)
    if len(number) != LENGTH or check_digit(number[:-1]) != number[-1]:
        return None
    return number
