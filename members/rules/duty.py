"""Who answers now: turns of a roster, deputies, and people who are out of office. Plain values, no database.

A turn runs over whole days on the wall of the person who has it, round the clock, on the weekdays it names. While that
person is out of office, frozen or without a mandate, the deputy steps in. Who is asked after them stands in
`ring_order`.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled
from network_app.core.workdays import is_working_hour

WEEKDAYS = "0123456"
LONGEST_TURN = timedelta(days=366)
LONGEST_ABSENCE = timedelta(days=366)
DAYS_SHOWN = 14
# Awake: nobody is rung between 22:00 and 7:00 as long as somebody elsewhere is up.
AWAKE_FROM, AWAKE_UNTIL = 7, 22
WEEKDAY_LABELS = {
    "0": lazy("Monday"),
    "1": lazy("Tuesday"),
    "2": lazy("Wednesday"),
    "3": lazy("Thursday"),
    "4": lazy("Friday"),
    "5": lazy("Saturday"),
    "6": lazy("Sunday"),
}


class Role(Labelled):
    """As what somebody answers."""

    DUTY = "duty", lazy("on duty")
    DEPUTY = "deputy", lazy("deputy")


@dataclass(frozen=True)
class Answerer:
    """Somebody on a roster. `able`: not frozen, holds a mandate for it, can be reached."""

    person_id: uuid.UUID
    organisation_id: uuid.UUID
    handle: str
    organisation: str
    country: str
    zone: ZoneInfo
    languages: frozenset[str]
    able: bool
    # From and until of each absence.
    away: tuple[tuple[datetime, datetime], ...] = ()

    def is_away(self, moment: datetime) -> bool:
        """Whether this person is out of office."""
        return any(since <= moment < until for since, until in self.away)

    def can_answer(self, moment: datetime) -> bool:
        """Whether a ring at this moment makes sense at all. Safety: a frozen person is never able."""
        return self.able and not self.is_away(moment)

    def is_awake(self, moment: datetime) -> bool:
        """Whether it is day where this person lives."""
        return AWAKE_FROM <= moment.astimezone(self.zone).hour < AWAKE_UNTIL

    def is_at_work(self, moment: datetime) -> bool:
        """Whether it is a working hour of a working day where this person lives."""
        return is_working_hour(moment.astimezone(self.zone), self.country)


@dataclass(frozen=True)
class Turn:
    """A turn of a coalition's roster as it is planned."""

    id: uuid.UUID
    coalition_id: uuid.UUID
    coalition: str
    duty: Answerer
    deputy: Answerer | None
    starts_on: date
    ends_on: date | None
    weekdays: str = WEEKDAYS

    def covers(self, day: date) -> bool:
        """Whether the turn runs on this day of the person's own calendar."""
        begun = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return begun and str(day.weekday()) in self.weekdays

    def runs_at(self, moment: datetime) -> bool:
        """Whether the turn runs at this moment."""
        return self.covers(moment.astimezone(self.duty.zone).date())

    def noon(self, day: date) -> datetime:
        """The middle of a day on this turn's wall, for plans by the day."""
        return datetime.combine(day, time(12), self.duty.zone)


@dataclass(frozen=True)
class Answering:
    """Somebody who answers, and as what."""

    turn: Turn
    person: Answerer
    role: Role


def who_answers(turns: Iterable[Turn], moment: datetime) -> list[Answering]:
    """Say who answers at this moment: of each turn that runs the person, or the deputy who steps in, or nobody."""
    return [found[0] for turn in turns if turn.runs_at(moment) and (found := _able(turn, moment))]


def _able(turn: Turn, moment: datetime) -> list[Answering]:
    """Those of a turn who can answer, duty before deputy."""
    both = ((turn.duty, Role.DUTY), (turn.deputy, Role.DEPUTY))
    return [Answering(turn, person, role) for person, role in both if person and person.can_answer(moment)]


@dataclass(frozen=True)
class PlannedDay:
    """One day of a coalition's roster; a gap if nobody answers."""

    day: date
    answering: tuple[Answering, ...]

    @property
    def gap(self) -> bool:
        return not self.answering


def plan_of(turns: Sequence[Turn], first: date, days: int = DAYS_SHOWN) -> list[PlannedDay]:
    """Say who answers on each of the coming days, each turn taken at noon where its person lives."""
    plan = []
    for number in range(days):
        day = first + timedelta(days=number)
        found = [able[0] for turn in turns if turn.covers(day) and (able := _able(turn, turn.noon(day)))]
        plan.append(PlannedDay(day, tuple(found)))
    return plan


def ring_order(
    turns: Iterable[Turn], *, home: frozenset[uuid.UUID], language: str, danger: bool, moment: datetime
) -> list[Answering]:
    """Say who is rung in which order about a case, each person once (DOMAIN 1).

    First the coalitions at home in the workers' country, then the others: those where somebody is at hand now (awake;
    on the harm clock: at work), then those that speak the workers' language, then by name. In each coalition first
    those on duty, who speak the language first, then their deputies. `home`: ids of the coalitions at home there.
    """
    by_coalition: dict[uuid.UUID, list[Answering]] = {}
    for turn in turns:
        if turn.runs_at(moment):
            by_coalition.setdefault(turn.coalition_id, []).extend(_able(turn, moment))

    def at_hand(one: Answering) -> bool:
        return one.person.is_awake(moment) if danger else one.person.is_at_work(moment)

    def place_of_coalition(item: tuple[uuid.UUID, list[Answering]]) -> tuple[object, ...]:
        key, people = item
        speaks = any(language in one.person.languages for one in people)
        name = people[0].turn.coalition if people else ""
        return (key not in home, not any(map(at_hand, people)), not speaks, name, str(key))

    def place_of_person(one: Answering) -> tuple[object, ...]:
        return (one.role is Role.DEPUTY, language not in one.person.languages, one.turn.starts_on, one.person.handle)

    ordered: dict[uuid.UUID, Answering] = {}
    for _, people in sorted(by_coalition.items(), key=place_of_coalition):
        for one in sorted(people, key=place_of_person):
            ordered.setdefault(one.person.person_id, one)
    return list(ordered.values())
