"""What rings the people on duty, and how long before the next one is rung (DOMAIN 1 and 3).

A late promise rings, and a danger that just began. The order of people stands in members.rules.duty.ring_order. Each
person is rung once for each alarm. Several alarms of one case that are due together ring as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from network_app.core.i18n import LazyText, lazy
from urgent_appeals.rules.clocks import Clock, Clocked, Promise, promises_of
from urgent_appeals.rules.stages import ENDED, Stage

NEW_DANGER = "danger"
NEW_DANGER_WORDS = lazy("Somebody is in danger")
# A danger that nobody took within a day rings on through its late promises.
DANGER_IS_NEW_FOR = timedelta(hours=24)
# In danger the next one is rung while the first may still be getting up; else there is time to answer at work.
BETWEEN_RINGS = {Clock.DANGER: timedelta(minutes=15), Clock.HARM: timedelta(hours=4)}
SILENT = ENDED | {Stage.DRAFT, Stage.PAUSED_BY_WORKERS, Stage.DORMANT}


@dataclass(frozen=True)
class Alarm:
    """Something about a case that must reach somebody. `about` and `since` name it for good."""

    about: str
    since: datetime

    @property
    def words(self) -> LazyText:
        """What it is about, for the one who is rung."""
        return NEW_DANGER_WORDS if self.about == NEW_DANGER else Promise(self.about).label


def alarms_of(appeal: Clocked, now: datetime) -> list[Alarm]:
    """What rings about this appeal now, the oldest first; nothing for a case that ended or rests."""
    late = [Alarm(due.promise.value, due.at) for due in promises_of(appeal) if due.is_late(now)]
    return sorted([*late, *_new_danger(appeal, now)], key=lambda alarm: (alarm.since, alarm.about))


def _new_danger(appeal: Clocked, now: datetime) -> list[Alarm]:
    began = appeal.danger_at
    if began is None or appeal.clock is not Clock.DANGER or appeal.stage in SILENT:
        return []
    decided_since = appeal.triaged_at is not None and appeal.triaged_at >= began
    return [] if decided_since or now >= began + DANGER_IS_NEW_FOR else [Alarm(NEW_DANGER, began)]
