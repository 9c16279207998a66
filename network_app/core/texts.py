"""Cleaning of what people type, the same for forms, chat, the API and files."""

from __future__ import annotations

import re
import unicodedata

from network_app.core.errors import Invalid
from network_app.core.i18n import WRITTEN, lazy

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# Safety: these turn the reading direction, so that a text can show something else than it says.
DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def clean_line(value: str | None, field: str, *, longest: int = 200, required: bool = True) -> str:
    """One line of text, trimmed. Raises Invalid naming `field`."""
    text = clean_text(value, field, longest=longest, required=required)
    if "\n" in text:
        raise Invalid(lazy("Please write this on one line."), field=field)
    return text


def clean_language(code: str, field: str = "language") -> str:
    """Return the code of a language that people write (core.i18n.WRITTEN); raises Invalid."""
    if code not in WRITTEN:
        raise Invalid(lazy("Choose the language from the list."), field=field)
    return code


def clean_text(value: str | None, field: str, *, longest: int = 20_000, required: bool = True) -> str:
    """Text of several lines in its normal form, trimmed. Raises Invalid naming `field`."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        message = lazy("This is too long: %(length)d characters, and there is room for %(longest)d. Please shorten it.")
        raise Invalid(message % {"length": len(text), "longest": longest}, field=field)
    if CONTROL.search(text):
        raise Invalid(lazy("There are signs here that cannot be shown. Please type it again."), field=field)
    if DIRECTION.search(text):
        hidden = lazy("There are hidden signs here that turn the reading direction. Please type it again.")
        raise Invalid(hidden, field=field)
    if required and not text:
        raise Invalid(lazy("Please fill this in."), field=field)
    return unicodedata.normalize("NFC", text)
