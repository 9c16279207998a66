"""A country as people write it, in any of many languages, abbreviated or misspelled, turned into its ISO code.

The names come from the Unicode locale data that Babel carries; only what is missing there stands here.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from babel import Locale
from babel.core import get_global
from rapidfuzz import fuzz, process

from network_app.targets.rules.names import plain_words

# The languages of the places where clothes are sewn and sold.
NAMES_IN = (
    "en fr es de it pt nl tr id ms vi bn hi ur si ta ne km th my lo zh zh_Hant ja ko ar fa ru uk pl cs sk sl hr sr"
    " bg ro hu el sq sv da nb fi am sw"
)
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA"})
ALSO_WRITTEN = {
    "BD": "bangla desh",
    "BA": "bosnia",
    "BO": "bolivia plurinational state of",
    "CD": "dr congo; democratic republic of congo; drc",
    "CG": "republic of congo; congo brazzaville",
    "CI": "ivory coast; cote divoire",
    "CN": "prc; pr china; china pr; peoples republic of china; china mainland; mainland china; 中华人民共和国",
    "CZ": "czech republic; czech rep; czechia",
    "DO": "dominican rep; rep dominicana",
    "GB": "uk; great britain; england; scotland; wales; northern ireland",
    "HK": "hong kong; hongkong; hong kong sar; china hong kong",
    "IR": "iran islamic republic of",
    "KG": "kyrgyz republic",
    "KP": "dprk; democratic peoples republic of korea",
    "KR": "korea; republic of korea; korea republic of; korea south; rok; s korea",
    "LA": "lao; laos; lao pdr; lao peoples democratic republic",
    "MD": "moldova republic of",
    "MK": "macedonia; fyrom",
    "MM": "burma; myanmar; myanmar burma; union of myanmar",
    "MU": "ile maurice",
    "MX": "mejico",
    "MO": "macau; macao; macau sar",
    "NL": "holland; the netherlands",
    "PS": "palestine; palestinian territories; palestine state of",
    "RU": "russia; russian federation",
    "SK": "slovak republic",
    "SY": "syria; syrian arab republic",
    "SZ": "swaziland",
    "TH": "ประเทศไทย",
    "TR": "turkey; turkiye; republic of turkiye",
    "TW": "taiwan; taiwan roc; chinese taipei; taiwan province of china; taiwan r o c",
    "TZ": "tanzania united republic of",
    "AE": "uae; u a e; emirates",
    "US": "usa; u s a; u s; united states of america; america",
    "VE": "venezuela bolivarian republic of",
    "VN": "viet nam; vietnam sr; socialist republic of vietnam",
}
FILLING = frozenset({"the", "republic", "of", "kingdom", "sultanate", "state"})
# Atlanta, Georgia and Newark, New Jersey are in neither country.
ALSO_A_STATE = frozenset({"GE", "JE"})
SHORTEST_GUESS = 5
ALIKE_ENOUGH = 84
CLEARLY_BETTER = 4


@dataclass(frozen=True)
class CountryRead:
    """The country that was meant; `guessed` if it was misspelled and a person should know how it was read."""

    code: str
    guessed: bool = False


def read_country(text: str) -> CountryRead | None:
    """Find the country that `text` means; None if that is not clear."""
    code = _exact(text) or _by_pieces(text)
    if code is not None:
        return CountryRead(code)
    guess = _by_spelling(_key(text))
    return CountryRead(guess, guessed=True) if guess else None


def country_at_the_end(address: str) -> str | None:
    """The country that an address ends with, as in `... Gazipur, Bangladesh`."""
    words = plain_words(address)
    while words and words[-1].isdigit():
        words.pop()
    for length in (4, 3, 2, 1):
        tail = " ".join(words[-length:])
        # A short ending is as likely a province or a street: AL, CA, DE.
        code = _in_english().get(tail) if len(tail) > 3 and len(words) > length else None
        if code is not None and code not in ALSO_A_STATE:
            return code
    return None


def is_country(code: str) -> bool:
    """Say whether this is the ISO code of a country."""
    return code in _countries()


def all_countries() -> list[str]:
    """The ISO codes of all countries, for a list to choose from."""
    return sorted(_countries())


def _key(text: str) -> str:
    return " ".join(plain_words(text.replace("'", "").replace("’", "")))


def _exact(text: str) -> str | None:
    key = _key(text)
    shorter = " ".join(word for word in key.split() if word not in FILLING)
    for names in (_in_english, _in_all_languages):
        code = names().get(key) or names().get(shorter)
        if code is not None:
            return code
    return None


def _by_pieces(text: str) -> str | None:
    """`BD - Bangladesh`, `Vietnam (South)`: what is recognised must not contradict itself."""
    pieces = [piece for piece in re.split(r"[()\[\]/,;:|–—-]+", text) if piece.strip()]
    found = {code for code in map(_exact, pieces) if code is not None} if len(pieces) > 1 else set()
    return found.pop() if len(found) == 1 else None


def _by_spelling(key: str) -> str | None:
    if len(key) < SHORTEST_GUESS:
        return None
    names = _in_all_languages()
    best = process.extract(key, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_ENOUGH, limit=12)
    if not best:
        return None
    code = names[best[0][0]]
    rivals = [score for name, score, _ in best if names[name] != code]
    return code if not rivals or best[0][1] - rivals[0] >= CLEARLY_BETTER else None


@functools.cache
def _countries() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES)


@functools.cache
def _in_english() -> dict[str, str]:
    names = {code.lower(): code for code in _countries()}
    # The locale data knows the three-letter and the numeric codes as aliases.
    for alias, codes in get_global("territory_aliases").items():
        if len(str(alias)) == 3 and len(codes) == 1 and codes[0] in _countries():
            names.setdefault(str(alias).lower(), codes[0])
    names.update({_key(name): code for code, name in Locale("en").territories.items() if code in _countries()})
    for code, written in ALSO_WRITTEN.items():
        names.update({_key(one): code for one in written.split(";")})
    return names


@functools.cache
def _in_all_languages() -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for language in NAMES_IN.split():
        for code, name in Locale.parse(language).territories.items():
            if code in _countries():
                meant.setdefault(_key(name), set()).add(code)
    # A name that means different countries in different languages means none here.
    clear = {name: codes.pop() for name, codes in meant.items() if len(codes) == 1 and name}
    return {**clear, **_in_english()}
