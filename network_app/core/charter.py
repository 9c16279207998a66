"""The charter's constants: the one table that the rules read, what each means in words, and who decided it when.

A constant is changed by a vote of the network, three quarters in every bloc (DOMAIN 0), and then here, with a new line
in its history. Votes that are open keep the constants that were frozen with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from network_app.core.i18n import LazyText, lazy, ngettext


@dataclass(frozen=True)
class Share:
    """A fraction `part / of` that is never divided out."""

    part: int
    of: int

    def needed(self, whole: int) -> int:
        """The smallest count that reaches this share of `whole`."""
        return -(-self.part * whole // self.of)

    def allowed(self, whole: int) -> int:
        """The largest count that does not exceed this share of `whole`."""
        return self.part * whole // self.of


Value = int | Share | timedelta


class Part(StrEnum):
    """The parts of the charter."""

    VOTES = "votes"
    BLOCS = "blocs"
    MEMBERS = "members"
    CASES = "cases"

    @property
    def label(self) -> LazyText:
        return PART_LABELS[self]


PART_LABELS = {
    Part.VOTES: lazy("When a proposal is adopted"),
    Part.BLOCS: lazy("Who votes, and where it counts"),
    Part.MEMBERS: lazy("Becoming a member, and acting for one"),
    Part.CASES: lazy("Appeals and letters"),
}


@dataclass(frozen=True)
class Decided:
    """A value that a constant was given: on which day and by whom."""

    on: date
    by: LazyText
    value: Value


@dataclass(frozen=True)
class Constant:
    """One number of the charter. The last line of its history is in force."""

    part: Part
    name: LazyText
    says: LazyText
    history: tuple[Decided, ...]

    @property
    def value(self) -> Value:
        return self.history[-1].value


def _first(part: Part, value: Value, name: LazyText, says: LazyText) -> Constant:
    return Constant(part, name, says, (Decided(date(2026, 11, 21), lazy("the first charter"), value),))


HOURS, DAYS = timedelta(hours=1), timedelta(days=1)

CONSTANTS: dict[str, Constant] = {
    "blocks_that_stop": _first(
        Part.VOTES,
        1,
        lazy("Blocks that stop a proposal"),
        lazy("This many members who block are enough. A block from a country that it touches is always enough."),
    ),
    "quorum": _first(
        Part.VOTES,
        Share(1, 3),
        lazy("Of all votes, carrying"),
        lazy("So many of all votes on the roll must carry a proposal. Silence carries nothing."),
    ),
    "bloc_quorum": _first(
        Part.VOTES,
        Share(1, 4),
        lazy("Of the votes of each bloc, carrying"),
        lazy("So many of the votes of every single bloc must carry it: no bloc is outvoted by being silent."),
    ),
    "reserve_limit": _first(
        Part.VOTES,
        Share(1, 3),
        lazy("Of all votes, at most aside or blocking"),
        lazy("If more than this stand aside or block, the proposal is not ripe."),
    ),
    "carried": _first(
        Part.VOTES,
        Share(2, 3),
        lazy("Of those who take sides, carrying"),
        lazy("So many of those who take sides must carry it, in every bloc and in every country that it touches."),
    ),
    "vote_shortest": _first(
        Part.VOTES,
        48 * HOURS,
        lazy("Shortest vote"),
        lazy("A vote is open for at least this long, so that everybody is awake once and can ask at home."),
    ),
    "vote_longest": _first(Part.VOTES, 90 * DAYS, lazy("Longest vote"), lazy("A vote is closed after this time.")),
    "talk_within": _first(
        Part.VOTES,
        72 * HOURS,
        lazy("Time to talk after a block"),
        lazy("After the first block the vote stays open for at least this long, once."),
    ),
    "review_after": _first(
        Part.VOTES,
        365 * DAYS,
        lazy("Review of what was adopted"),
        lazy("After this time the members look again at what they decided."),
    ),
    "smallest_bloc": _first(
        Part.BLOCS,
        5,
        lazy("Smallest bloc"),
        lazy("A bloc of fewer organisations is counted together with the nearest of the same side."),
    ),
    "fewest_blocs": _first(
        Part.BLOCS, 2, lazy("Fewest blocs"), lazy("A vote of the network needs at least this many blocs on its roll.")
    ),
    "roll_of_active": _first(
        Part.BLOCS,
        Share(1, 4),
        lazy("Smallest roll"),
        lazy("So many of all active organisations must be on the roll of a vote of the network."),
    ),
    "member_before_voting": _first(
        Part.BLOCS,
        90 * DAYS,
        lazy("Member before the first vote"),
        lazy("An organisation is on the rolls once it has been a member for this long."),
    ),
    "silent_votes": _first(
        Part.BLOCS,
        3,
        lazy("Votes without an answer"),
        lazy("A member that was silent in so many of its votes in a row rests: off the next rolls, until it is back."),
    ),
    "sponsors": _first(
        Part.MEMBERS,
        2,
        lazy("Sponsors of an applicant"),
        lazy("So many members must vouch for a body before the others are told that it wants to join."),
    ),
    "objection_time": _first(
        Part.MEMBERS,
        14 * DAYS,
        lazy("Time to object to an applicant"),
        lazy("Counted from the moment at which the notice had reached the members."),
    ),
    "suspending_coalitions": _first(
        Part.MEMBERS,
        2,
        lazy("Coalitions that suspend a member"),
        lazy("Its own coalition and another one, each by a vote of its own."),
    ),
    "invitation_life": _first(
        Part.MEMBERS,
        72 * HOURS,
        lazy("Invitation of a person"),
        lazy("The link by which a person is asked in works once and for this long."),
    ),
    "vouched_wait": _first(
        Part.MEMBERS,
        72 * HOURS,
        lazy("Wait after two vouchers"),
        lazy("Who lost every way in waits this long after two people vouched, so that a thief is noticed."),
    ),
    "monthly_calls": _first(
        Part.CASES,
        6,
        lazy("Calls in a month"),
        lazy("A member that says nothing else is asked to act at most so often, except when somebody is in danger."),
    ),
    "second_verifier_within": _first(
        Part.CASES,
        24 * HOURS,
        lazy("Second verifier, in danger"),
        lazy("When one verifier was enough for an alarm, a second confirms within this time or all are corrected."),
    ),
    "undo": _first(
        Part.CASES,
        timedelta(minutes=10),
        lazy("Time to take back"),
        lazy("What goes outward waits this long first, except when somebody is in danger."),
    ),
    "coercion_window": _first(
        Part.CASES,
        72 * HOURS,
        lazy("Doubt about a brake"),
        lazy("A brake pulled within this time of an arrest may have been forced; the team is told so."),
    ),
}


def number(key: str) -> int:
    """Return a constant that is a count."""
    return cast(int, CONSTANTS[key].value)


def share(key: str) -> Share:
    """Return a constant that is a fraction."""
    return cast(Share, CONSTANTS[key].value)


def span(key: str) -> timedelta:
    """Return a constant that is a length of time."""
    return cast(timedelta, CONSTANTS[key].value)


def value_text(value: Value) -> str:
    """Return a constant's value as people read it, in the current language."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Share):
        return str(lazy("%(part)s of %(of)s") % {"part": value.part, "of": value.of})
    if value >= 7 * DAYS:
        return ngettext("%(count)d day", "%(count)d days", value.days)
    if value >= HOURS:
        return ngettext("%(count)d hour", "%(count)d hours", value // HOURS)
    return ngettext("%(count)d minute", "%(count)d minutes", value // timedelta(minutes=1))
