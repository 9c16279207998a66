"""What people type is kept as they meant it, and what could deceive a reader is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core.errors import Invalid
from network_app.core.texts import clean_line, clean_text

CONTROLS = [chr(code) for code in (*range(0, 9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF, 0xD800)]
BIDI = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]


@pytest.mark.parametrize("sign", [sign for sign in CONTROLS if sign not in "\x1c\x1d\x1e\x1f\x85"], ids=ascii)
def test_control_characters_are_refused_and_the_field_is_named(sign: str) -> None:
    with pytest.raises(Invalid, match="cannot be shown") as refused:
        clean_text(f"pay{sign}ment", "account")
    assert refused.value.field == "account"


@pytest.mark.parametrize("sign", BIDI, ids=ascii)
def test_signs_that_turn_the_reading_direction_are_refused(sign: str) -> None:
    with pytest.raises(Invalid, match="reading direction"):
        clean_text(f"invoice{sign}fdp.exe", "account")


@pytest.mark.parametrize(
    "text", ["গার্মেন্টস শ্রমিক‌", "مدفوعات ‏100‎", "ការងារ​របស់​ខ្ញុំ", "👩‍🏭 “quoted” – ok", "line one\nline two\tend"]
)
def test_every_script_is_kept_with_its_joiners_and_marks(text: str) -> None:
    assert clean_text(text, "account") == unicodedata.normalize("NFC", text).strip()


def test_one_line_is_one_line() -> None:
    for typed in ("one\ntwo", "one\r\ntwo", "one\rtwo"):
        with pytest.raises(Invalid, match="one line") as refused:
            clean_line(typed, "title")
        assert refused.value.field == "title"
    assert clean_line("  one \n", "title") == "one"


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", None])
def test_nothing_is_nothing(empty: str | None) -> None:
    assert clean_text(empty, "note", required=False) == ""
    with pytest.raises(Invalid, match="fill this in"):
        clean_text(empty, "note")


def test_too_long_says_how_long_and_how_much_room_there_is() -> None:
    assert clean_line("x" * 200, "title") == "x" * 200
    with pytest.raises(Invalid, match=r"201 characters.*room for 200"):
        clean_line("x" * 201, "title")


@given(st.text())
def test_what_is_clean_stays_as_it_is(typed: str) -> None:
    try:
        clean = clean_text(typed, "account", required=False)
    except Invalid:
        return
    assert clean_text(clean, "account", required=False) == clean
    assert unicodedata.is_normalized("NFC", clean) and clean == clean.strip()
