"""Calls on plain values: which answer may follow which, and when the silent are reminded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from network_app.core.errors import Conflict
from urgent_appeals.rules.calls import CallAnswer, Reminder, check_answer, reminder_due

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    leaves_at: datetime = START
    due_at: datetime = START + timedelta(hours=100)
    answer: CallAnswer | None = None
    recalled_at: datetime | None = None
    half_reminded_at: datetime | None = None
    late_reminded_at: datetime | None = None


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hours", "reminder"),
    [
        (0, None),
        (49.9, None),
        (50, Reminder.HALF),
        (89.9, Reminder.HALF),
        (90, Reminder.LATE),
        (100, None),
        (500, None),
    ],
)
def test_the_silent_are_reminded_at_half_and_nine_tenths(hours: float, reminder: Reminder | None) -> None:
    assert reminder_due(Waiting(), after(hours)) is reminder


def test_each_reminder_is_sent_once() -> None:
    halfway = replace(Waiting(), half_reminded_at=after(50))
    assert reminder_due(halfway, after(60)) is None
    assert reminder_due(halfway, after(91)) is Reminder.LATE
    assert reminder_due(replace(halfway, late_reminded_at=after(91)), after(95)) is None


def test_after_an_outage_only_the_later_reminder_is_sent() -> None:
    late = replace(Waiting(), late_reminded_at=after(92))
    assert reminder_due(late, after(93)) is None


@pytest.mark.parametrize("answer", list(CallAnswer))
def test_who_answered_is_left_in_peace(answer: CallAnswer) -> None:
    assert reminder_due(replace(Waiting(), answer=answer), after(95)) is None


def test_a_recalled_call_reminds_nobody() -> None:
    assert reminder_due(replace(Waiting(), recalled_at=after(0)), after(60)) is None


def test_a_promise_may_be_kept_or_taken_back_and_a_report_stays() -> None:
    for before in (None, CallAnswer.WILL_ACT, CallAnswer.CANNOT):
        for answer in CallAnswer:
            check_answer(before, answer)
    check_answer(CallAnswer.DONE, CallAnswer.DONE)
    for taken_back in (CallAnswer.WILL_ACT, CallAnswer.CANNOT):
        with pytest.raises(Conflict):
            check_answer(CallAnswer.DONE, taken_back)
