"""Texts for a wider circle: the fields they are written in, and what may never stand in one (DOMAIN 3, audiences)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from network_app.core.errors import Invalid
from network_app.core.i18n import LazyText, lazy
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.consent import Use

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
PHONE = re.compile(r"(?<!\d)(?:\+|00|0)\d(?:[\s().-]?\d){6,}")
SHORTEST_MARK = 4
CHANNELS = frozenset(
    {"facebook", "imo", "line", "mail", "messenger", "signal", "telegram", "viber", "whatsapp", "zalo"}
)

# Which consent a text for this circle needs.
CONSENT_FOR = {Audience.NETWORK: Use.SHARE_WITH_NETWORK, Audience.PUBLIC: Use.PUBLISH}


@dataclass(frozen=True)
class TextField:
    """One field of an outward text: what it asks for, and how coarse it should stay."""

    name: str
    label: LazyText
    advice: LazyText
    longest: int
    required: bool = True
    one_line: bool = False


FIELDS = (
    TextField(
        "title",
        lazy("Title"),
        lazy("The company and the wrong, never a person: “Severance unpaid at Violet Apparel”."),
        120,
        one_line=True,
    ),
    TextField(
        "place",
        lazy("Where"),
        lazy("The district or the country. Naming the town can endanger people."),
        120,
        one_line=True,
    ),
    TextField("workers", lazy("How many workers"), lazy("A range, such as “about 1,300”."), 120, one_line=True),
    TextField("what_happened", lazy("What happened"), lazy("Months instead of days. No names of workers."), 6000),
    TextField("wanted", lazy("What the workers want"), lazy("In their words, as they agreed to share them."), 4000),
    TextField(
        "care",
        lazy("What could hurt them"),
        lazy("What nobody should say or do, and to whom."),
        2000,
        required=False,
    ),
)


def check_outward(fields: Mapping[str, str], known: Iterable[str] = ()) -> None:
    """Refuse an outward text that holds an address, a phone number or a mark of the filer that is `known`.

    Raises Invalid naming the field, and the words to take out.
    """
    marks = list(known)
    for name, text in fields.items():
        # Safety: what reached 200 mailboxes cannot be called back, and a number is a person's way to be found.
        found = ADDRESS.search(text) or PHONE.search(text) or next(filter(None, (_in(m, text) for m in marks)), None)
        if found:
            message = lazy("“%(words)s” is a phone number, an address or a contact of the case. Please take it out.")
            raise Invalid(message % {"words": found[0]}, field=name)


def _in(mark: str, text: str) -> re.Match[str] | None:
    """Find a mark as a word of its own; a name is known by its capital, so that “class” never stops “Class”."""
    return re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", text)


def fingerprint(language: str, fields: Mapping[str, str]) -> str:
    """SHA-256 over the text as it was shown to the second person, who approves exactly that."""
    shown = json.dumps({"language": language, "fields": dict(fields)}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """A run of words that stayed, went or came: `same`, `gone`, `new`."""

    kind: str
    words: str


def changes(before: str, after: str) -> list[Change]:
    """What changed between two versions of a text, word by word."""
    old, new = before.split(), after.split()
    found: list[Change] = []
    for step, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            found.append(Change("same", " ".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            found.append(Change("gone", " ".join(old[old_from:old_to])))
        if new_to > new_from:
            found.append(Change("new", " ".join(new[new_from:new_to])))
    return found


def marks_of(contact: str | None) -> list[str]:
    """The pieces of a safe contact by which somebody could be found: numbers, accounts, addresses, names.

    Plain small words (“evenings”, “about”) are none: the very words that a text cannot do without would stop it.
    """
    pieces = (piece.strip(".,;:()“”\"'") for piece in (contact or "").split())
    return [piece for piece in dict.fromkeys(pieces) if len(piece) >= SHORTEST_MARK and _tells_who(piece)]


def _tells_who(piece: str) -> bool:
    if piece.casefold() in CHANNELS:
        return False
    # A script without capitals does not show which word is a name, so there every long word counts.
    return not piece[0].islower() or any(c.isdigit() or c in "@_+" for c in piece)
