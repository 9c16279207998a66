"""Catalogues fit the program: no sentence is missing from them, and no translation breaks a sentence's places.

Prints how much of each language is translated; what is not falls back to English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from network_app.core.i18n import LANGUAGES, PSEUDO, TRANSLATIONS
from tests.architecture.sources import ROOT, files

KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)[sd]")
TRANSLATED = [code for code in LANGUAGES if code not in ("en", PSEUDO)]


def sentences() -> set[str]:
    """Every sentence in the program that a person may read."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(pattern, mapping["method"]) for mapping in mappings for pattern in mapping["pattern"]]
    ours = set(files())
    found = extract_from_dir(ROOT, methods, keywords=KEYWORDS, options_map={}, directory_filter=_is_ours)
    return {_first(message) for name, _, message, _, _ in found if name in ours}


def _is_ours(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in ("network_app", "urgent_appeals", "members", "bots", "templates")


def _first(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else message[0]


def catalogue(code: str) -> Catalog:
    """The translations into a language."""
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=code)


def forms(message: Message) -> list[str]:
    """All translated forms of a sentence; none if it is not translated."""
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return [text for text in texts if text]


def broken_places(message: Message) -> set[str]:
    """Places that a translation has and the sentence has not, or the other way round; a count may be left out."""
    ids = message.id if isinstance(message.id, list | tuple) else [message.id]
    wanted = {name for text in ids for name in PLACE.findall(text)}
    different = set()
    for text in forms(message):
        different |= (set(PLACE.findall(text)) ^ wanted) - {"count"}
        # A stray percent sign makes the whole sentence fail when it is shown.
        if wanted and re.sub(PLACE, "", text).replace("%%", "").count("%"):
            different.add("%")
    return different


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_every_sentence_of_the_program(code: str) -> None:
    have = {_first(message.id) for message in catalogue(code) if message.id}
    missing = sorted(sentences() - have)
    assert not missing, "run `make lang`; missing: " + "; ".join(missing[:20])


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_the_places_of_its_sentence(code: str) -> None:
    broken = {message.id: found for message in catalogue(code) if message.id and (found := broken_places(message))}
    assert broken == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_how_much_is_translated_is_told(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    messages = [message for message in catalogue(code) if message.id]
    done = sum(bool(forms(message)) for message in messages)
    with capsys.disabled():
        print(f"\n{LANGUAGES[code].name} ({code}): {done} of {len(messages)} sentences translated")
    assert done > 0


def test_a_broken_place_would_be_seen() -> None:
    assert broken_places(Message("Hello %(name)s", "Bonjour %(nom)s")) == {"name", "nom"}
    assert broken_places(Message("Hello %(name)s", "Bonjour %(name)s, 5 % de")) == {"%"}
    assert broken_places(Message(("%(count)d x of %(n)s", "%(count)d xs of %(n)s"), ("un x de %(n)s", ""))) == set()
    assert broken_places(Message("Hello %(name)s", "")) == set()
