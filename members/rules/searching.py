"""How names are cut into the beginnings of their words, by which the register is searched on any database."""

import re

from members.rules.names import fold

LONGEST_PREFIX = 12
MOST_WORDS_ASKED = 6
# Scripts that write no space between words: there a word may begin at any letter.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# What stands between words. Letters, digits and the marks that belong to letters are not.
BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~\u00a0-\u00bf\u2010-\u205e\u0964\u0965]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text as the search compares them."""
    return [word for word in BETWEEN.split(fold(text)) if word]


def prefixes_of(text: str) -> set[str]:
    """Return every beginning of a word in `text` under which it shall be found."""
    starts = {word[place:] for word in words_of(text) for place in _starts(word)}
    return {start[:length] for start in starts for length in range(1, min(len(start), LONGEST_PREFIX) + 1)}


def _starts(word: str) -> range:
    return range(len(word)) if UNSPACED.search(word) else range(1)


def asked_prefixes(text: str) -> list[str]:
    """Return what a searched text asks for, the most telling word first."""
    asked = dict.fromkeys(word[:LONGEST_PREFIX] for word in words_of(text))
    return sorted(asked, key=len, reverse=True)[:MOST_WORDS_ASKED]
