"""Every sentence is spoken in the reader's language, with its places filled."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from network_app.core import i18n
from network_app.core.errors import Invalid
from network_app.core.i18n import PSEUDO, current_language, gettext, lazy, ngettext, use_language

WORDS = st.text(string.ascii_letters + " .,()", max_size=30)


def test_the_pseudo_language_changes_every_sentence_and_keeps_its_places() -> None:
    with use_language(PSEUDO):
        shown = gettext("Call answered by %(name)s on %(day)s", name="Union", day="Monday")
        assert shown.startswith("[Çáll") and "Union" in shown and "Monday" in shown
        assert "7" in ngettext("%(count)d vote", "%(count)d votes", 7)


@given(before=WORDS, after=WORDS, name=st.sampled_from(["name", "count", "due_at"]))
def test_no_place_of_any_sentence_is_lost_in_the_pseudo_language(before: str, after: str, name: str) -> None:
    with use_language(PSEUDO):
        assert "<here>" in gettext(f"{before}%({name})s{after}", **{name: "<here>"})


def test_a_sentence_that_nobody_translated_is_shown_in_english() -> None:
    with use_language("bn"):
        assert gettext("A sentence in no catalogue %(n)s", n=1) == "A sentence in no catalogue 1"
        assert gettext("") == ""
        assert ngettext("one canary", "%(count)d canaries", 2) == "2 canaries"


def test_an_unknown_language_falls_back_and_the_block_ends() -> None:
    with use_language("xx"):
        assert current_language() == "en"
    with use_language("bn"):
        assert current_language() == "bn"
        with use_language(PSEUDO):
            assert current_language() == PSEUDO
        assert current_language() == "bn"
    assert current_language() == "en"


def test_a_lazy_sentence_is_translated_when_it_is_shown() -> None:
    sentence = lazy("Write %(count)d letters") % {"count": 3}
    error = Invalid(sentence, field="count")
    with use_language(PSEUDO):
        assert str(error) == str(sentence) != "Write 3 letters" and "3" in str(error)
    assert str(error) == "Write 3 letters"


def test_a_lazy_sentence_cannot_bring_markup_into_a_page() -> None:
    assert (lazy("Hello %(name)s") % {"name": "<script>"}).__html__() == "Hello &lt;script&gt;"


def test_dates_moments_and_sums_are_written_as_the_reader_writes_them() -> None:
    moment = datetime(2020, 7, 1, 17, 30, tzinfo=UTC)
    assert i18n.moment_text(moment) == "1 Jul 2020, 17:30 UTC"
    assert i18n.moment_text(moment, ZoneInfo("Asia/Phnom_Penh")) == "2 Jul 2020, 00:30 Cambodia Time"
    assert i18n.money_text(Decimal("1400000"), "USD") == "USD 1,400,000"
    assert i18n.country_name("KH") == "Cambodia" and i18n.country_name("ZZZ") == "ZZZ"
    with use_language("bn"):
        assert "জুলাই" in i18n.date_text(date(2020, 7, 1)) and i18n.country_name("BD") == "বাংলাদেশ"


def test_a_day_is_written_day_first_as_the_network_does() -> None:
    assert i18n.date_text(date(2020, 7, 1)) == "1 July 2020"
