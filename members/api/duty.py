"""The duty roster, absences, days of rest and my time zone, for programs."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from members.queries.duty import absences_of, turns
from members.rules.duty import Answerer, Role, Turn, who_answers
from members.use_cases.duty import be_away, be_back, choose_zone, end_turn, plan_turn
from network_app.core import clock, workdays
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.core.zones import zone_of_country
from network_app.pages.operations import Section
from network_app.pages.payload import Asked, Country, Day, Input, Line, Made, Output, made
from network_app.pages.request import actor, db

api = Section("duty", "Who answers now and in the coming weeks, who is away, and by which days deadlines are counted.")


class Somebody(Output):
    """Somebody on a roster."""

    handle: str
    organisation: str
    languages: list[str]
    zone: str
    can_answer: bool


class Answers(Output):
    """Somebody who answers now, and as what."""

    coalition: str
    who: Somebody
    role: Role


class TurnShown(Output):
    """A turn as it is planned. Weekdays from Monday = 0."""

    id: UUID
    coalition: str
    who: Somebody
    deputy: Somebody | None
    starts_on: dt.date
    ends_on: dt.date | None
    weekdays: str


class Away(Output):
    """A time in which I am out of office."""

    id: UUID
    since: dt.datetime
    until: dt.datetime


class Rosters(Output):
    """All rosters, and my own absences."""

    now: list[Answers]
    turns: list[TurnShown]
    my_absences: list[Away]


class NewTurn(Input):
    """Who answers for a coalition, from and until. Without a last day it runs until it is taken off."""

    coalition_id: UUID
    handle: Line
    deputy: Line = ""
    starts_on: Day
    ends_on: Day | None = None
    weekdays: str = Field("0123456", pattern="^[0-6]{1,7}$")


class NewAbsence(Input):
    """The first and the last day on which I am away."""

    away_from: Day
    away_until: Day


class NewZone(Input):
    """A time zone, for example Asia/Dhaka. Empty: that of my organisation's country."""

    zone: Line


class AskedCountry(Asked):
    """Of which country; left out, that of my organisation."""

    country: Country | None = None


class HolidayShown(Output):
    """A public holiday. `reckoned`: it follows the moon and may shift by a day."""

    day: dt.date
    name: str
    reckoned: bool


class Holidays(Output):
    """A country's days of rest, and where and when the table was taken. Weekdays from Monday = 0."""

    country: str
    zone: str
    weekend: list[int]
    source: str
    taken_on: dt.date
    holidays: list[HolidayShown]


def _somebody(one: Answerer) -> Somebody:
    return Somebody(
        handle=one.handle,
        organisation=one.organisation,
        languages=sorted(one.languages),
        zone=one.zone.key,
        can_answer=one.can_answer(clock.now(db())),
    )


def _turn(turn: Turn) -> TurnShown:
    return TurnShown(
        id=turn.id,
        coalition=turn.coalition,
        who=_somebody(turn.duty),
        deputy=_somebody(turn.deputy) if turn.deputy else None,
        starts_on=turn.starts_on,
        ends_on=turn.ends_on,
        weekdays=turn.weekdays,
    )


@api.get("/duty", gives=Rosters, scope=Scope.READ_MEMBERS, may=Permission.SEE_NETWORK, web="members.duty")
def show() -> Rosters:
    """Read who answers now, what is planned, and when I am away."""
    planned = turns(db())
    return Rosters(
        now=[
            Answers(coalition=one.turn.coalition, who=_somebody(one.person), role=one.role)
            for one in who_answers(planned, clock.now(db()))
        ],
        turns=[_turn(turn) for turn in planned],
        my_absences=[
            Away(id=row.id, since=row.since, until=row.until) for row in absences_of(db(), actor().own_person())
        ],
    )


@api.post(
    "/duty/turns",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.SEE_NETWORK,
    takes=NewTurn,
    gives=Made,
    web="members.add_turn",
)
def add_turn(given: NewTurn) -> Made:
    """Put somebody on the roster of a coalition that I coordinate."""
    turn = plan_turn(db(), actor(), **given.model_dump())
    return made("/duty", id=turn.id)


@api.post(
    "/duty/turns/<uuid:turn_id>/end",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.remove_turn",
)
def remove_turn(turn_id: UUID) -> None:
    """Take a turn off the roster of a coalition that I coordinate."""
    end_turn(db(), actor(), turn_id=turn_id)


@api.post(
    "/duty/absences",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.SEE_NETWORK,
    takes=NewAbsence,
    gives=Made,
    web="members.away",
)
def away(given: NewAbsence) -> Made:
    """Say that I am out of office."""
    absence = be_away(db(), actor(), away_from=given.away_from, away_until=given.away_until)
    return made("/duty", id=absence.id)


@api.post(
    "/duty/absences/<uuid:absence_id>/end",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.back",
)
def back(absence_id: UUID) -> None:
    """Say that I am back."""
    be_back(db(), actor(), absence_id=absence_id)


@api.post(
    "/me/zone",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.SEE_NETWORK,
    takes=NewZone,
    web="members.set_my_zone members.zone",
)
def zone(given: NewZone) -> None:
    """Read moments in another time zone."""
    choose_zone(db(), actor(), zone=given.zone)


@api.get(
    "/holidays",
    gives=Holidays,
    asks=AskedCountry,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.holidays",
)
def holidays(asked: AskedCountry) -> Holidays:
    """Read by which days of rest a country's deadlines are counted."""
    country = asked.country or actor().country
    rest = workdays.rest_of(country)
    years = range(workdays.FIRST_YEAR, workdays.LAST_YEAR + 1)
    return Holidays(
        country=country,
        zone=zone_of_country(country).key,
        weekend=sorted(rest.weekend if rest else workdays.WEEKEND),
        source=rest.source if rest else "",
        taken_on=workdays.TAKEN_ON,
        holidays=[
            HolidayShown(day=one.day, name=one.name, reckoned=one.reckoned)
            for year in years
            for one in workdays.holidays_of(country, year)
        ],
    )
