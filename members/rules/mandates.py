"""How long a mandate, an invitation and a word of warning hold. Source: DOMAIN 1."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from network_app.core.charter import span
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

INVITATION_LIFE = span("invitation_life")
# Somebody who mistypes has enough of these; somebody who tries out addresses has not.
TAKEN_PER_INVITATION = 5
WARN_BEFORE_END = timedelta(days=14)
FREEZE_WORD_LIFE = timedelta(hours=24)
LONGEST_TERM = timedelta(days=5 * 366)


class InvitationState(StrEnum):
    """Whether a link still lets somebody in, and if not, why."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    RECALLED = "recalled"
    UNKNOWN = "unknown"


def term(
    now: datetime, first_day: date | None, last_day: date | None, zone: tzinfo
) -> tuple[datetime, datetime | None]:
    """Return from when and until when a mandate holds; days are whole days in `zone`, without a first one it is now.

    Raises Invalid naming the field for a day that has passed, comes too late, or stands the wrong way round.
    """
    today = now.astimezone(zone).date()
    for day, field in ((first_day, "first_day"), (last_day, "last_day")):
        if day is not None and not today <= day <= today + LONGEST_TERM:
            raise Invalid(lazy("Choose a day from today on, at most five years ahead."), field=field)
    if first_day and last_day and last_day < first_day:
        raise Invalid(lazy("The last day comes before the first."), field="last_day")
    since = start_of(first_day, zone) if first_day and first_day > today else now
    return since, end_of(last_day, zone) if last_day else None


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins where `zone` is kept."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day is over where `zone` is kept; days there may have 23 or 25 hours."""
    return start_of(day + timedelta(days=1), zone)


def last_day_of(until: datetime, zone: tzinfo) -> date:
    """Return the last day on which something holds that ends at `until`, where `zone` is kept."""
    return (until - timedelta(microseconds=1)).astimezone(zone).date()
