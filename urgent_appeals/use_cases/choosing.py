"""Reading a word that stands for one of a few choices, wherever it was typed."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

Choice = TypeVar("Choice", bound=StrEnum)


def chosen(kind: type[Choice], value: str, field: str) -> Choice:
    """The member of `kind` that `value` names. Raises Invalid naming the field."""
    try:
        return kind(value)
    except ValueError:
        raise Invalid(lazy("Please choose one of the answers that are offered."), field=field) from None
