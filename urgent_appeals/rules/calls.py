"""Calls to act: what can be asked, what can be answered, and when the silent are reminded (DOMAIN 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from network_app.core.errors import Conflict
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled
from urgent_appeals.rules.clocks import Clock


class Action(Labelled):
    """What an organisation may be asked to do."""

    LETTER = "letter", lazy("Co-sign or send a letter")
    MEETING = "meeting", lazy("Ask the company for a meeting")
    STORE_ACTION = "store_action", lazy("Act in front of a shop")
    EMBASSY = "embassy", lazy("Speak to the embassy")
    PARLIAMENT_QUESTION = "parliament_question", lazy("Have a question asked in parliament")
    OECD_CONTACT_POINT = "oecd_contact_point", lazy("Complain to the OECD contact point")
    INVESTOR_QUESTION = "investor_question", lazy("Ask investors, or at the annual meeting")
    PRESS = "press", lazy("Speak to the press")
    SOCIAL_MEDIA = "social_media", lazy("Write on social media")
    SOLIDARITY_LETTER = "solidarity_letter", lazy("Write to the workers in solidarity")
    HARDSHIP_FUND = "hardship_fund", lazy("Give to the hardship fund")
    LEGAL_HELP = "legal_help", lazy("Help with a lawyer")


# What these do can be seen by everybody, so it needs consent to publish and its own decision (DOMAIN 0).
IN_PUBLIC = frozenset({Action.STORE_ACTION, Action.PRESS, Action.SOCIAL_MEDIA})


class CallAnswer(Labelled):
    """What an organisation says to a call."""

    WILL_ACT = "will_act", lazy("We will act")
    CANNOT = "cannot", lazy("We cannot, because …")
    DONE = "done", lazy("Done: this is what we did")


# A promise may be kept or taken back; a report of what was done stays, and a later one adds to it.
AFTER: dict[CallAnswer | None, frozenset[CallAnswer]] = {
    None: frozenset(CallAnswer),
    CallAnswer.WILL_ACT: frozenset(CallAnswer),
    CallAnswer.CANNOT: frozenset(CallAnswer),
    CallAnswer.DONE: frozenset({CallAnswer.DONE}),
}
NEEDS_WORDS = frozenset({CallAnswer.CANNOT, CallAnswer.DONE})

ANSWER_WITHIN = {Clock.DANGER: timedelta(hours=24), Clock.HARM: timedelta(days=7)}
HALF, LATE = 5, 9


class Reminder(StrEnum):
    """Which reminder a silent organisation gets."""

    HALF = "half"
    LATE = "late"


class Asked(Protocol):
    """What the reminders look at; a row of the call table has this shape."""

    @property
    def leaves_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def answer(self) -> CallAnswer | None: ...
    @property
    def recalled_at(self) -> datetime | None: ...
    @property
    def half_reminded_at(self) -> datetime | None: ...
    @property
    def late_reminded_at(self) -> datetime | None: ...


def check_answer(before: CallAnswer | None, answer: CallAnswer) -> None:
    """Whether this answer may follow the earlier one. Raises Conflict."""
    if answer not in AFTER[before]:
        raise Conflict(lazy("You already reported what you did. You can only add to that report."))


def reminder_due(call: Asked, now: datetime) -> Reminder | None:
    """Which reminder the organisation gets now: at half and at nine tenths of the time, only while it is silent.

    When both have passed (the worker was down), only the later one is sent.
    """
    if call.answer is not None or call.recalled_at is not None or now >= call.due_at:
        return None
    if call.late_reminded_at is None and now >= tenths_of(call, LATE):
        return Reminder.LATE
    nothing_sent = call.half_reminded_at is None and call.late_reminded_at is None
    return Reminder.HALF if nothing_sent and now >= tenths_of(call, HALF) else None


def tenths_of(call: Asked, tenths: int) -> datetime:
    """The moment at which so many tenths of the time to answer are over."""
    return call.leaves_at + (call.due_at - call.leaves_at) * tenths / 10
