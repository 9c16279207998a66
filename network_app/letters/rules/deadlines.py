"""By when a target shall answer: in days that are working days where it sits (DOMAIN 3).

Weekends only; public holidays are not known here, so a deadline is never later than it should be by more than those.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
WEEKEND = frozenset({SATURDAY, SUNDAY})
# As they stand in 2026; every other country rests on Saturday and Sunday.
WEEKENDS: dict[str, frozenset[int]] = {
    **dict.fromkeys(
        ("BD", "BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "MV", "OM", "QA", "SA", "SY", "YE"),
        frozenset({FRIDAY, SATURDAY}),
    ),
    "NP": frozenset({SATURDAY}),
}


def answer_by(start: date, days: int, *, country: str | None, danger: bool) -> date:
    """The last day on which an answer is in time: calendar days in danger, else working days of `country`."""
    if danger:
        return start + timedelta(days=days)
    rest = WEEKENDS.get(country or "", WEEKEND)
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() not in rest
    return day


def deadline(last_day: date) -> datetime:
    """The moment after which the silence counts: when `last_day` has ended everywhere on earth."""
    return datetime.combine(last_day, time(), UTC) + timedelta(days=1, hours=12)
