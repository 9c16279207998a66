"""Closed lists whose members a person reads as words."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from network_app.core.i18n import LazyText


class Labelled(StrEnum):
    """A closed list: each member says what is stored and, beside it, the word for people.

    `OPEN = "open", lazy("Open")`.
    """

    _value_: str
    label: LazyText

    def __new__(cls, value: str, label: LazyText | None = None) -> Self:
        """Make a member that is the stored text and knows its word; raises TypeError for one without."""
        # Looking a member up by its text, `Duty("vote")`, never comes here.
        if label is None:
            raise TypeError(f"{cls.__name__} {value} has no word for people")
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member
