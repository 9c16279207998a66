"""What an outward text is refused for: ways to find a person, never the plain words of the case."""

from __future__ import annotations

import pytest

from network_app.core.errors import Invalid
from urgent_appeals.rules.texts import check_outward, marks_of

CONTACT = "Signal 012 77 66 55, evenings; ask for Sreymom, say it is about the sewing class. Or @srey_k on Telegram"


@pytest.mark.parametrize(
    "text",
    [
        "about 2,000",
        "The sewing class in the evenings went on; 12 women signal that they are afraid.",
        "1,284 workers, since 2020-07-01",
        "US$ 1.4 million; 3 x 40 hours",
    ],
)
def test_plain_words_of_the_safe_contact_do_not_stop_a_text(text: str) -> None:
    check_outward({"what_happened": text}, known=marks_of(CONTACT))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Call Sreymom for more", "Sreymom"),
        ("She writes as @srey_k.", "@srey_k"),
        ("Write to help@union.example today", "help@union.example"),
        ("Telephone +855 12 345 678", "+855 12 345 678"),
        ("Telephone 012-345-678", "012-345-678"),
    ],
)
def test_a_way_to_find_somebody_stops_a_text_and_the_words_are_named(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_outward({"title": "Wages unpaid", "what_happened": text}, known=marks_of(CONTACT))
    assert refused.value.field == "what_happened" and words in str(refused.value)


def test_in_a_script_without_capitals_every_long_word_of_the_contact_counts() -> None:
    with pytest.raises(Invalid):
        check_outward({"what_happened": "রহিমা জানেন"}, known=marks_of("রহিমা, সন্ধ্যায়"))
