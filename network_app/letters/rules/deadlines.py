"""By when a target shall answer: in days that are working days where it sits (DOMAIN 3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from network_app.core.charter import WorkingDays, promised
from network_app.core.workdays import is_working_day

# What a letter gives its reader where its author writes nothing else.
DAYS_TO_ANSWER = cast(WorkingDays, promised("target_answers").harm).count


def answer_by(start: date, days: int, *, country: str | None, danger: bool) -> date:
    """The last day on which an answer is in time: calendar days in danger, else working days of `country`."""
    if danger:
        return start + timedelta(days=days)
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, country)
    return day


def deadline(last_day: date) -> datetime:
    """The moment after which the silence counts: when `last_day` has ended everywhere on earth."""
    return datetime.combine(last_day, time(), UTC) + timedelta(days=1, hours=12)
