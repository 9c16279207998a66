"""Which time a country keeps, so that everybody reads moments as their own wall clock shows them.

Zones come from the system's time zone table and from CLDR (through Babel), which says which zone lies in which country.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

UTC = ZoneInfo("UTC")
# A country with several zones is shown in the one where most of its people live; a person may choose another.
MAIN_ZONE = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


def zone_named(name: str | None) -> ZoneInfo | None:
    """Find the zone with this name, for example `Asia/Dhaka`; None if there is none."""
    if not name or name not in known_zones():
        return None
    return _zone(name)


@functools.cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        # The system's table is older or newer than Babel's.
        return None


@functools.cache
def zone_of_country(country: str | None) -> ZoneInfo:
    """Return the zone in which most people of a country live; UTC for a country nobody knows."""
    code = country or ""
    name = MAIN_ZONE.get(code) or next(iter(_by_country().get(code, ())), "")
    return _zone(name) or UTC if name else UTC


@functools.cache
def known_zones() -> frozenset[str]:
    """Return every zone that a person may choose, by name."""
    return frozenset(name for names in _by_country().values() for name in names) | {"UTC"} | set(MAIN_ZONE.values())


@functools.cache
def _by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, country in get_global("zone_territories").items():
        if len(country) == 2 and country.isalpha() and country != "ZZ" and "/" in name:
            found[country].append(name)
    return {country: tuple(sorted(names)) for country, names in found.items()}


def zones_of_country(country: str) -> tuple[str, ...]:
    """Return the names of a country's zones, the main one first."""
    main = zone_of_country(country).key
    return (main, *(name for name in _by_country().get(country, ()) if name != main))


def is_ambiguous(local: datetime) -> bool:
    """Say whether this wall-clock time comes twice, as in the hour when summer time ends."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
