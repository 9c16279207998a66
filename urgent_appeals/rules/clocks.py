"""The two clocks and what is promised on each (DOMAIN 3, the table of steps)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from network_app.core.charter import Promised, Span, WorkingDays, promised, span
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled
from network_app.core.workdays import add_working_days
from urgent_appeals.rules.stages import ENDED, Stage


class Clock(Labelled):
    """How fast an appeal runs."""

    DANGER = "danger", lazy("Danger")
    HARM = "harm", lazy("Harm")


class Promise(Labelled):
    """A step that somebody promised to take in time."""

    ACKNOWLEDGE = "acknowledge", lazy("Tell the workers that it arrived")
    TRIAGE = "triage", lazy("Decide whether we take it up, with the reason")
    VERIFY = "verify", lazy("A second source verifies")
    FIND_TARGETS = "find_targets", lazy("Find the targets and ask for consent")
    FIRST_LETTER = "first_letter", lazy("First letter")
    NEWS = "news", lazy("News to the workers")
    REVIEW = "review", lazy("Review: go on, change tactic, rest or close")


PROMISED: dict[Promise, Promised] = {promise: promised(promise.value) for promise in Promise}
# A brake this soon after an arrest may have been pulled under pressure.
COERCION_WINDOW = span("coercion_window")


# A list of appeals asks it hundreds of times, mostly for the same moments as the minute before.
@functools.lru_cache(maxsize=8192)
def end_of(time: Span, start: datetime, country: str) -> datetime:
    """When a promised time that began at `start` is over. Working days are those of the recipient's country."""
    return add_working_days(start, time.count, country) if isinstance(time, WorkingDays) else start + time


def promised_on(promise: Promise, clock: Clock) -> Span:
    """The time promised for a step on the clock that runs."""
    return PROMISED[promise].danger if clock is Clock.DANGER else PROMISED[promise].harm


class Clocked(Protocol):
    """What the promises of one appeal are reckoned from; a row of the appeal table has this shape."""

    @property
    def clock(self) -> Clock: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def country(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def danger_at(self) -> datetime | None: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...
    @property
    def triaged_at(self) -> datetime | None: ...
    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def targets_named_at(self) -> datetime | None: ...
    @property
    def ready_at(self) -> datetime | None: ...
    @property
    def first_letter_at(self) -> datetime | None: ...
    @property
    def news_sent_at(self) -> datetime | None: ...
    @property
    def reviewed_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Due:
    """A promise with its moment."""

    promise: Promise
    at: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= self.at


def promises_of(appeal: Clocked) -> list[Due]:
    """What is still promised on this appeal, the most urgent first; nothing once it has ended or is paused."""
    if appeal.stage in ENDED or appeal.stage in (Stage.DRAFT, Stage.PAUSED_BY_WORKERS, Stage.DORMANT):
        return []
    open_promises = [
        Due(promise, end_of(promised_on(promise, appeal.clock), start, appeal.country))
        for promise, start in _running(appeal)
    ]
    return sorted(open_promises, key=lambda due: due.at)


def _running(appeal: Clocked) -> list[tuple[Promise, datetime]]:
    """Each open promise with the moment its time began."""
    arrived = appeal.received_at
    steps: list[tuple[Promise, datetime | None, datetime | None]] = [
        (Promise.ACKNOWLEDGE, arrived, appeal.acknowledged_at),
        (Promise.TRIAGE, arrived, appeal.triaged_at),
        (Promise.VERIFY, appeal.triaged_at, appeal.verified_at),
        (Promise.FIND_TARGETS, appeal.accepted_at, appeal.targets_named_at),
        (Promise.FIRST_LETTER, appeal.ready_at, appeal.first_letter_at),
        (Promise.NEWS, appeal.news_sent_at or arrived, None),
        (Promise.REVIEW, appeal.reviewed_at or appeal.accepted_at, None),
    ]
    return [(promise, start) for promise, start, done in steps if start is not None and done is None]


def possibly_coerced(danger_at: datetime | None, braked_at: datetime) -> bool:
    """Whether a brake was pulled so soon after an arrest that somebody may have forced it (for the team only)."""
    return danger_at is not None and timedelta(0) <= braked_at - danger_at <= COERCION_WINDOW
