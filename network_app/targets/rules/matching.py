"""Which two records may be the same workplace. Only ever a proposal: a person confirms it or keeps them apart.

A company's many units share its name, and a building's many tenants share its address. So a proposal needs
both the name and the address to speak for it, and a different unit number speaks against it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from network_app.targets.rules import SHARED_LISTS
from network_app.targets.rules.names import plain_words, without_legal_form

Key = TypeVar("Key", bound=Hashable)

# What is made, not by whom: these words stand in half of all names and tell nobody apart.
_TRADE_WORDS = (
    "garment garments apparel apparels clothing clothes textile textiles tekstil textil texteis fabric fabrics fashion"
    " fashions knit knits knitting knitwear knitwears weaving sweater sweaters wear footwear shoe shoes denim dyeing"
    " washing printing embroidery leather tannery socks underwear hosiery spinning composite mill mills factory"
    " fabrika factories manufacturing manufacturer manufacture industry industries industrial sanayi san ticaret tic"
    " dis ve konfeksiyon konf orme giyim ithalat ihracat export exports import imports international intl global"
    " enterprise enterprises trading corporation products works and the of y e et confecciones confeccoes textiles"
    " zhi yi fu shi you xian gong si phan"
)
TRADE_WORDS = frozenset(_TRADE_WORDS.split())
PROPOSE_FROM = 75
SHORT_ADDRESS = 12
# A feature that this many records share leads nowhere and costs time.
TOO_COMMON = 80
FEATURES_LOOKED_AT = 12
CANDIDATES_SCORED = 8


@dataclass(frozen=True)
class Described:
    """A record made comparable once, however often it is compared."""

    words: tuple[str, ...]
    telling: tuple[str, ...]
    compact: str
    units: frozenset[str]
    address: tuple[str, ...]
    address_numbers: frozenset[str]


def describe(name: str, address: str) -> Described:
    """Make a name and an address comparable."""
    words = tuple(without_legal_form(plain_words(name)))
    place = tuple(plain_words(address))
    return Described(
        words=words,
        telling=tuple(word for word in words if word not in TRADE_WORDS and not _digits(word)),
        compact="".join(words),
        units=frozenset(number for word in words for number in _digits(word)),
        address=place,
        address_numbers=frozenset(number for word in place for number in _digits(word)),
    )


def fingerprint(country: str, record: Described) -> str:
    """The same for two rows that differ in case, accents, punctuation or legal form only: no question for a person."""
    text = f"{country}|{record.compact}|{''.join(record.address)}"
    return hashlib.sha256(text.encode()).hexdigest()


def likeness(a: Described, b: Described) -> int:
    """How far two records of one country speak of the same workplace, 0 to 100."""
    name = _name_likeness(a, b)
    if not a.address or not b.address:
        # Without an address only the very same name is worth a person's time.
        return int(name) if name >= 95 and a.units == b.units else 0
    place = _address_likeness(a, b)
    if name < 60 or place < 50:
        return 0
    score = 0.55 * name + 0.45 * place
    if a.units and b.units and not a.units & b.units:
        score -= 25
    if a.address_numbers and b.address_numbers and not a.address_numbers & b.address_numbers:
        score -= 8
    return max(0, int(score))


def _name_likeness(a: Described, b: Described) -> float:
    whole = max(fuzz.ratio(a.compact, b.compact), fuzz.token_sort_ratio(" ".join(a.words), " ".join(b.words)))
    # "Gazipur Star Garments" and "Gazipur Moon Garments" look alike as a whole; what tells them apart decides.
    places = {*a.address, *b.address}
    first = [word for word in a.telling if word not in places]
    second = [word for word in b.telling if word not in places]
    if whole >= 95 or not first or not second:
        return whole
    joined = fuzz.ratio("".join(first), "".join(second))
    telling = max(joined, 0.95 * fuzz.token_set_ratio(" ".join(first), " ".join(second)))
    return max(min(whole, telling + 10), 0.5 * (whole + telling))


def _address_likeness(a: Described, b: Described) -> float:
    first, second = "".join(a.address), "".join(b.address)
    together = fuzz.partial_ratio(first, second)
    by_word = fuzz.token_set_ratio(" ".join(a.address), " ".join(b.address))
    # A town alone is shared by hundreds of workplaces.
    most = 55 if min(len(first), len(second)) < SHORT_ADDRESS else 100
    return min(most, max(together, by_word))


def _digits(word: str) -> list[str]:
    return [number.lstrip("0") or "0" for number in re.findall(r"\d+", word)]


@dataclass(frozen=True)
class Proposal(Generic[Key]):
    """The record that a row may be about, and how alike they are."""

    key: Key
    score: int


class Register(Generic[Key]):
    """The workplaces known so far, kept so that ten thousand rows need not be compared with each other one by one."""

    def __init__(self) -> None:
        self._records: list[tuple[Key, Described]] = []
        self._having: dict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, key: Key, country: str, record: Described) -> None:
        """Remember one record under the key by which a proposal names it."""
        for feature in _features(record):
            self._having[_block(country), feature].append(len(self._records))
        self._records.append((key, record))

    def best(self, country: str, record: Described) -> Proposal[Key] | None:
        """The most alike record of that country, if any is alike enough to ask a person."""
        scored = [(likeness(record, self._records[at][1]), at) for at in self._candidates(country, record)]
        score, at = max(scored, default=(0, 0), key=lambda pair: (pair[0], -pair[1]))
        return Proposal(self._records[at][0], score) if score >= PROPOSE_FROM else None

    def _candidates(self, country: str, record: Described) -> list[int]:
        block = _block(country)
        found = [self._having.get((block, feature), []) for feature in _features(record)]
        rare = sorted((places for places in found if 0 < len(places) <= TOO_COMMON), key=len)
        votes: dict[int, float] = defaultdict(float)
        for places in rare[:FEATURES_LOOKED_AT]:
            for at in places:
                votes[at] += 1 / len(places)
        return sorted(votes, key=lambda at: -votes[at])[:CANDIDATES_SCORED]


def _block(country: str) -> str:
    return "CN" if country in SHARED_LISTS else country


def _features(record: Described) -> set[str]:
    """What two spellings of one workplace are likely to share: pieces of the name, words and numbers of the address."""
    pieces = {record.compact[at : at + 5] for at in range(max(1, len(record.compact) - 4))}
    places = {f"@{word}" for word in record.address if len(word) > 3 or _digits(word)}
    return pieces | places | {f"={record.compact}"}
