"""Working days by country, the one table for promises and for letters: those of whoever has to act (DOMAIN 3).

The table is data: `holidays.tsv` says where each country's days come from and when they were taken. Days that follow
the moon are reckoned and may shift by one. In a year that the table does not know, no holiday is left out, so a
deadline can be earlier than people there would count it, never later.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from network_app.core.zones import zone_of_country

TABLE = Path(__file__).with_name("holidays.tsv")
TAKEN_ON = date(2026, 11, 22)
FIRST_YEAR, LAST_YEAR = 2025, 2028
SATURDAY, SUNDAY = 5, 6
# A country that the table does not name rests on Saturday and Sunday, and on these (month, day).
WEEKEND = frozenset({SATURDAY, SUNDAY})
EVERYWHERE = frozenset({(1, 1), (5, 1)})
OPENS, CLOSES = 9, 17


@dataclass(frozen=True)
class Holiday:
    """A public holiday. `reckoned`: it follows the moon and may shift by a day."""

    day: date
    name: str
    reckoned: bool


@dataclass(frozen=True)
class Rest:
    """When a country rests: its weekend, and where its holidays are taken from."""

    weekend: frozenset[int]
    source: str
    days: frozenset[date]


@functools.cache
def rest_of(country: str | None) -> Rest | None:
    """Return when this country rests; None if the table does not know it."""
    section = _sections().get(country or "")
    if section is None:
        return None
    head, *lines = section.splitlines()
    weekend, _, source = head.partition("\t")
    days = frozenset(date.fromisoformat(line[:10]) for line in lines if not line.startswith("#"))
    return Rest(frozenset(int(day) for day in weekend.split(",")), source, days)


def holidays_of(country: str, year: int) -> list[Holiday]:
    """List a country's holidays of one year, with their names in English as the source writes them."""
    lines = _sections().get(country, "").splitlines()[1:]
    told = (line.partition("\t") for line in lines if line.startswith(f"{year}-"))
    return [Holiday(date.fromisoformat(day), name.removeprefix("~"), name.startswith("~")) for day, _, name in told]


def countries_known() -> list[str]:
    """List the countries whose holidays the table knows, by code."""
    return list(_sections())


@functools.cache
def _sections() -> dict[str, str]:
    _, *sections = TABLE.read_text(encoding="utf-8").split("\n@")
    return {country: rest for country, _, rest in (section.partition("\t") for section in sections)}


def is_working_day(day: date, country: str | None) -> bool:
    """Whether offices in `country` are open on `day`, a day on the wall there."""
    rest = rest_of(country)
    if rest is None:
        return day.weekday() not in WEEKEND and (day.month, day.day) not in EVERYWHERE
    return day.weekday() not in rest.weekend and day not in rest.days


def is_working_hour(local: datetime, country: str | None) -> bool:
    """Whether people in `country` are at work at this moment, given on their own clock."""
    return OPENS <= local.hour < CLOSES and is_working_day(local.date(), country)


def add_working_days(start: datetime, days: int, country: str) -> datetime:
    """Return the same time on the wall of `country` so many of its working days later.

    Safety: the day is counted where the recipient lives; at midnight UTC it is another day there already.
    """
    zone = zone_of_country(country)
    local = start.astimezone(zone)
    while days > 0:
        local += timedelta(days=1)
        days -= is_working_day(local.date(), country)
    return local.astimezone(start.tzinfo)
