"""Fields read what people write, in their own numerals, and say what to write when they cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from network_app.pages.forms import Choice, Count, Day, Form, Line, Money, Several, Tick

COLOURS = [("red", "Red"), ("blue", "Blue")]


class Everything(Form):
    """One field of each kind."""

    line = Line("A line", longest=10, required=False)
    count = Count("A count", required=False)
    money = Money("A sum", required=False)
    day = Day("A day", required=False)
    choice = Choice("A choice", choices=COLOURS, required=False)
    several = Several("Several", choices=COLOURS)
    tick = Tick("A box")


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test-only", WTF_CSRF_ENABLED=False)
    return app


def read(app: Flask, name: str, *typed: str) -> tuple[Any, list[str]]:
    """What a field makes of what was typed: its value, and what it says."""
    with app.test_request_context("/", method="POST"):
        form = Everything(MultiDict([(name, text) for text in typed]))
        form.validate()
        return form[name].data, [str(error) for error in form[name].errors]


@pytest.mark.parametrize("typed", ["1284", "1,284", "1 284", " 1284 ", "১২৮৪", "១២៨៤", "၁၂၈၄", "۱۲۸۴", "१२८४"])
def test_a_number_may_be_written_in_ones_own_numerals(app: Flask, typed: str) -> None:
    assert read(app, "count", typed) == (1284, [])


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "1e9", "99999999999", "NaN", "\x00", "1\u202e2", "²", "0x10"])
def test_what_is_no_number_is_refused_with_an_example(app: Flask, typed: str) -> None:
    assert "350" in read(app, "count", typed)[1][0]


def test_a_sum_has_at_most_two_decimals(app: Flask) -> None:
    assert read(app, "money", "1,400,000.50") == (Decimal("1400000.50"), [])
    for typed in ("1.234", "Infinity", "NaN", "-5", "1e400", "five", "9" * 20):
        assert "1400000" in read(app, "money", typed)[1][0], typed


def test_a_day_is_a_day(app: Flask) -> None:
    assert read(app, "day", "2020-07-01") == (date(2020, 7, 1), [])
    for typed in ("2020-02-30", "yesterday", "0000-00-00", "\x00"):
        assert "2026-03-31" in read(app, "day", typed)[1][0], typed


def test_only_offered_answers_are_taken(app: Flask) -> None:
    assert read(app, "choice", "red") == ("red", [])
    assert read(app, "choice", "green")[1] == ["Please choose one of the answers that are offered."]
    assert read(app, "several", "red", "blue") == (["red", "blue"], [])
    assert read(app, "several", "red", "green")[1] != []


def test_a_line_is_short_enough_and_on_one_line(app: Flask) -> None:
    assert read(app, "line", " words ") == ("words", [])
    for typed in ("x" * 11, "two\nlines", "tu\u202ern", "ze\x00ro"):
        assert read(app, "line", typed)[1] != [], typed
