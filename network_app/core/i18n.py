"""Every sentence a person reads goes through here: translation, dates, money, names of countries and languages.

Knows no Flask, because the bot, the mailer and the command line speak too. The catalogues are read from the .po files
themselves, so there is no compiled copy that could be out of date.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from babel.support import NullTranslations, Translations
from markupsafe import escape

from network_app.core.zones import UTC, is_ambiguous

TRANSLATIONS = Path(__file__).parents[1] / "translations"
PSEUDO = "en-XA"
_ACCENTS = str.maketrans("aeiounscyAEIOUNSCY", "áéíóúñšçýÁÉÍÓÚÑŠÇÝ")


@dataclass(frozen=True)
class Language:
    """A language the network speaks: its own name, and which way it is written."""

    name: str
    direction: str = "ltr"


# A language is one line here and one file in translations/ (docs/how-to/add-a-language.md).
LANGUAGES: dict[str, Language] = {
    "en": Language("English"),
    "bn": Language("বাংলা"),
    # Accented, lengthened English: what still reads plainly was forgotten by translation.
    PSEUDO: Language("[!! Pšéúdó !!]"),
}

# What members and workers write and speak: far more than what the screens are translated into. ISO 639 codes.
_CODES = (
    "am ar as bn cs da de el en es fa fi fil fr gu ha he hi ht hu id it ja ka km kn ko lo lv mg ml mn mr ms my ne nl "
    "no om or pa pl ps pt ro ru rw si sk so sq sr st sv sw ta te tg th ti tk tl tr uk ur uz vi xh zh zu"
)
WRITTEN = tuple(_CODES.split())

_current: ContextVar[str] = ContextVar("language", default="en")
_where: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def current_language() -> str:
    """The language of the person who is being spoken to."""
    return _current.get()


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Speak `code` inside the block; an unknown one falls back to English."""
    token = _current.set(code if code in LANGUAGES else "en")
    try:
        yield
    finally:
        _current.reset(token)


def set_language(code: str) -> None:
    """Speak `code` from here on in this context (a web request has a context of its own)."""
    _current.set(code if code in LANGUAGES else "en")


@contextmanager
def use_zone(zone: tzinfo) -> Iterator[None]:
    """Tell moments on the wall clock of `zone` inside the block."""
    token = _where.set(zone)
    try:
        yield
    finally:
        _where.reset(token)


def set_zone(zone: tzinfo) -> None:
    """Tell moments on the wall clock of `zone` from here on in this context."""
    _where.set(zone)


def current_zone() -> tzinfo:
    """The zone of the person who is being spoken to; UTC as long as nobody said."""
    return _where.get()


def gettext(message: str, **values: Any) -> str:
    """`message` in the current language, its `%(name)s` places filled."""
    text = _translate(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    """The form of a counted sentence that fits `count`, which fills `%(count)d`."""
    code = _current.get()
    text = (
        _pseudo(singular if count == 1 else plural)
        if code == PSEUDO
        else _catalogue(code).ngettext(singular, plural, count)
    )
    return text % {"count": count, **values}


def _translate(message: str) -> str:
    code = _current.get()
    if code == PSEUDO:
        return _pseudo(message)
    return _catalogue(code).gettext(message) if message else ""


@functools.cache
def _catalogue(code: str) -> NullTranslations:
    path = TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@functools.cache
def _pseudo(message: str) -> str:
    pieces = message.split("%(")
    shown = [pieces[0].translate(_ACCENTS)]
    for piece in pieces[1:]:
        name, _, rest = piece.partition(")")
        shown.append(f"%({name}){rest[:1]}{rest[1:].translate(_ACCENTS)}")
    return f"[{''.join(shown)}{' ~' * (len(message) // 8)}]"


class LazyText:
    """A sentence that is translated when it is shown, not when the module is loaded."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, values: Mapping[str, Any] | None = None) -> None:
        self.message = message
        self.values = values

    def __str__(self) -> str:
        text = _translate(self.message)
        return text % self.values if self.values else text

    def __html__(self) -> str:
        return _escaped(_current.get(), self.message) if self.values is None else str(escape(str(self)))

    def __mod__(self, values: Mapping[str, Any]) -> LazyText:
        return LazyText(self.message, values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyText) and (self.message, self.values) == (other.message, other.values)

    def __hash__(self) -> int:
        return hash(self.message)

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"


@functools.lru_cache(maxsize=8192)
def _escaped(_code: str, message: str) -> str:
    return str(escape(_translate(message)))


def lazy(message: str) -> LazyText:
    """Mark a sentence for translation at the moment it is shown; fill its places with `% {...}`."""
    return LazyText(message)


def locale() -> Locale:
    """The current language's rules for dates, numbers and names."""
    code = _current.get()
    # The network writes the day first; plain "en" would be American.
    return _locale("en-GB" if code in ("en", PSEUDO) else code)


@functools.cache
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


def date_text(day: date) -> str:
    """A day as people write it: `1 July 2020`."""
    return format_date(day, format="long", locale=locale())


def moment_text(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment on the reader's clock with its zone named, so that nobody far away misses a deadline."""
    # Whole minutes, so that a page which shows a hundred moments writes only those anew that it never showed before.
    minute = moment.replace(second=0, microsecond=0)
    return _moment_written(minute.astimezone(UTC), zone or _where.get(), locale())


@functools.lru_cache(maxsize=4096)
def _moment_written(minute: datetime, zone: tzinfo, rules: Locale) -> str:
    local = minute.astimezone(zone)
    # Safety: when summer time ends an hour comes twice, and a deadline in it must not be read as the other one.
    offset = f" ({local:%z})" if is_ambiguous(local) else ""
    written = format_datetime(local.replace(tzinfo=None), format="d MMM y, HH:mm", locale=rules)
    return f"{written} {_zone_name(zone, rules)}{offset}"


def zone_text(zone: tzinfo) -> str:
    """The zone's name as people there say it: `Bangladesh Time`."""
    return _zone_name(zone, locale())


@functools.lru_cache(maxsize=1024)
def _zone_name(zone: tzinfo | None, rules: Locale) -> str:
    if zone is None or getattr(zone, "key", "UTC") in ("UTC", "Etc/UTC"):
        return "UTC"
    return str(get_timezone_location(zone, locale=rules))


def money_text(amount: Decimal, currency: str) -> str:
    """A sum with its currency, in the reader's way of writing."""
    whole = amount == amount.to_integral_value()
    pattern = "¤¤ #,##0" if whole else "¤¤ #,##0.00"
    return format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=False)


def country_name(code: str) -> str:
    """The country's name in the current language; the code itself where there is none."""
    return str(locale().territories.get(code, code))


def language_name(code: str) -> str:
    """The language's name in the current language."""
    return str(locale().languages.get(code.partition("-")[0], code))


def written_languages() -> list[tuple[str, str]]:
    """Every language that a text or a consent may be in, by its name in the current language."""
    return sorted(((code, language_name(code)) for code in WRITTEN), key=lambda pair: pair[1].casefold())


def direction() -> str:
    """Which way the current language is written: `ltr` or `rtl`."""
    return LANGUAGES[_current.get()].direction


# Two-letter codes that the locale data has names for but that are no country.
NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def country_choices() -> list[tuple[str, str]]:
    """Every country, by its name in the current language, for a list to choose from."""
    codes = [str(code) for code in locale().territories if len(str(code)) == 2 and code not in NO_COUNTRY]
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
