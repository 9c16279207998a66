"""The charter's constants: the one table that the rules read, what each means in words, and who decided it when.

A constant is changed by a vote of the network, three quarters in every bloc (DOMAIN 0), and then here, with a new line
in its history. Votes that are open keep the constants that were frozen with them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from network_app.core.charter.table import CONSTANTS
from network_app.core.charter.values import Constant, Part, Promised, Share, Span, Value, WorkingDays, value_text

__all__ = [
    "CONSTANTS",
    "Constant",
    "Part",
    "Promised",
    "Share",
    "Span",
    "Value",
    "WorkingDays",
    "number",
    "promised",
    "share",
    "span",
    "value_text",
]


def number(key: str) -> int:
    """Return a constant that is a count."""
    return cast(int, CONSTANTS[key].value)


def share(key: str) -> Share:
    """Return a constant that is a fraction."""
    return cast(Share, CONSTANTS[key].value)


def span(key: str) -> timedelta:
    """Return a constant that is a length of time."""
    return cast(timedelta, CONSTANTS[key].value)


def promised(key: str) -> Promised:
    """Return a constant that is a promise on the two clocks of an appeal."""
    return cast(Promised, CONSTANTS[key].value)
