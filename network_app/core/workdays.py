"""Working days by country, the one table for promises and for letters: those of whoever has to act (DOMAIN 3).

As of 2026. Only holidays on a fixed date are known; those that follow the moon are not, so a deadline can be earlier
than people there would count it, never later.
"""

from __future__ import annotations

from datetime import date

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
WEEKEND = frozenset({SATURDAY, SUNDAY})
FRIDAY_AND_SATURDAY = ("BD", "BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "MV", "OM", "QA", "SA", "SY", "YE")
# Every country that is not named rests on Saturday and Sunday.
WEEKENDS: dict[str, frozenset[int]] = {
    **dict.fromkeys(FRIDAY_AND_SATURDAY, frozenset({FRIDAY, SATURDAY})),
    "NP": frozenset({SATURDAY}),
}
# (month, day)
EVERYWHERE = frozenset({(1, 1), (5, 1)})
HOLIDAYS: dict[str, frozenset[tuple[int, int]]] = {
    "BD": frozenset({(2, 21), (3, 26), (12, 16)}),
    "DE": frozenset({(10, 3), (12, 25), (12, 26)}),
    "GB": frozenset({(12, 25), (12, 26)}),
    "ID": frozenset({(6, 1), (8, 17), (12, 25)}),
    "IN": frozenset({(1, 26), (8, 15), (10, 2)}),
    "KH": frozenset({(1, 7), (9, 24), (11, 9)}),
    "LK": frozenset({(2, 4)}),
    "PK": frozenset({(2, 5), (3, 23), (8, 14), (12, 25)}),
    "TR": frozenset({(4, 23), (5, 19), (7, 15), (8, 30), (10, 29)}),
    "VN": frozenset({(4, 30), (9, 2)}),
}


def is_working_day(day: date, country: str | None) -> bool:
    """Whether offices in `country` are open on `day`."""
    if day.weekday() in WEEKENDS.get(country or "", WEEKEND):
        return False
    return (day.month, day.day) not in EVERYWHERE | HOLIDAYS.get(country or "", frozenset())
