"""Names, circles and contradictions, without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.targets.rules import (
    REVIEW_STEPS,
    LinkState,
    Stance,
    contradicts,
    would_loop,
)
from network_app.targets.rules.names import name_key, plain_words, slug_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nike Inc.", "NIKE"),
        ("Marks & Spencer", "marks and spencer group plc"),
        ("S.Oliver", "s. oliver"),
        ("L'Oréal S.A.", "LOreal"),
        ("Inditex S.A.", "INDITEX, S. A."),
        ("İpekyolu Tekstil A.Ş.", "ipekyolu tekstil"),
        ("TOD'S", "Tod’s"),
    ],
)
def test_a_company_is_found_however_its_name_is_written(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Target", "Target Australia"),
        ("Star Garments Ltd", "Star Textiles Ltd"),
        ("ভিয়েলাটেক্স", "ভয়লটকস"),
        ("កម្ពុជា", "កមពជ"),
    ],
)
def test_different_companies_keep_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_name_of_nothing_but_a_legal_form_keeps_it() -> None:
    assert name_key("Limited") == "limited"


def test_a_slug_is_plain_and_empty_for_other_scripts() -> None:
    assert slug_of("Levi Strauss & Co.") == "levi-strauss-co"
    assert slug_of("东莞市华美") == ""


@given(st.text(max_size=60))
def test_words_of_any_text_are_stable(text: str) -> None:
    words = plain_words(text)
    assert plain_words(" ".join(words)) == words


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
def test_parents_that_are_checked_never_form_a_circle(wishes: list[tuple[int, int]]) -> None:
    parents: dict[int, int] = {}
    for child, parent in wishes:
        if not would_loop(child, parent, parents.get):
            parents[child] = parent
    for start in parents:
        step: int | None = start
        for _ in range(10):
            step = parents.get(step) if step is not None else None
        assert step is None


def test_ended_contradicts_only_what_was_seen_later() -> None:
    july, november = dt.date(2019, 7, 31), dt.date(2019, 11, 1)
    assert contradicts(Stance.DENIES, None, november)
    assert contradicts(Stance.SAYS_ENDED, july, november)
    assert contradicts(Stance.SAYS_ENDED, july, None)
    assert not contradicts(Stance.SAYS_ENDED, november, july)
    assert not contradicts(Stance.SUPPORTS, None, None)


def test_no_review_returns_to_unreviewed() -> None:
    assert set(REVIEW_STEPS) == set(LinkState)
    assert all(LinkState.UNREVIEWED not in steps for steps in REVIEW_STEPS.values())
