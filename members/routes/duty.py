"""Who answers now, the coming two weeks, and my own absences; the days of rest by country; my time zone."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from members import queries
from members.forms.duty import AwayForm, TurnForm, ZoneForm
from members.queries.duty import absences_of, turns
from members.routes.frame import pages
from members.rules.duty import WEEKDAY_LABELS, Answering, PlannedDay, Turn, plan_of, who_answers
from members.use_cases.duty import be_away, be_back, choose_zone, end_turn, plan_turn
from network_app.core import clock, workdays
from network_app.core.errors import NotAllowed
from network_app.core.i18n import country_name, current_zone, lazy, zone_text
from network_app.core.zones import known_zones, zone_named, zone_of_country, zones_of_country
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Choices, Form
from network_app.pages.request import actor, db

UTC_CHOICE = ("UTC", "UTC")


@pages.get("/members/duty")
def duty() -> Answer:
    """Show who answers now, for each coalition, and where nobody does."""
    return _duty()


def _duty(refused: Form | None = None) -> Answer:
    """Render the rosters; `refused` replaces the form of its kind, with what was typed and what was wrong."""
    now = clock.now(db())
    planned = turns(db())
    today = now.astimezone(current_zone()).date()
    return page(
        "members/duty.html",
        422 if refused else 200,
        rosters=[
            _Roster(one, who_answers(own, now), plan_of(own, today), own)
            for one in queries.coalitions(db())
            for own in [[turn for turn in planned if turn.coalition_id == one.id]]
        ],
        now=now,
        weekdays=WEEKDAY_LABELS,
        absences=absences_of(db(), actor().own_person()),
        turn_form=_turn_form(refused if isinstance(refused, TurnForm) else TurnForm(formdata=None)),
        away_form=refused if isinstance(refused, AwayForm) else AwayForm(formdata=None),
    )


@dataclass(frozen=True)
class _Roster:
    """What the page says about one coalition. `coalition` is its row."""

    coalition: Any
    answering: list[Answering]
    plan: list[PlannedDay]
    turns: list[Turn]


def _turn_form(form: TurnForm) -> TurnForm:
    mine = [one for one in queries.coalitions(db()) if one.id in actor().coordinates]
    form.coalition.choices = [(str(one.id), one.name) for one in mine]
    return form


@pages.post("/members/duty/turns")
def add_turn() -> Answer:
    """Put somebody on a coalition's roster."""
    form = _turn_form(TurnForm())
    if not form.coalition.choices:
        raise NotAllowed()
    if form.accepts(
        lambda: plan_turn(
            db(),
            actor(),
            coalition_id=uuid.UUID(form.coalition.data),
            handle=form.handle.data or "",
            deputy=form.deputy.data or "",
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            weekdays=form.weekdays.data or (),
        )
    ):
        return see_other("members.duty")
    return _duty(form)


@pages.post("/members/duty/turns/<uuid:turn_id>/end")
def remove_turn(turn_id: uuid.UUID) -> Answer:
    """Take a turn off the roster."""
    end_turn(db(), actor(), turn_id=turn_id)
    return see_other("members.duty")


@pages.post("/members/duty/away")
def away() -> Answer:
    """Say that I am out of office."""
    form = AwayForm()
    if form.accepts(lambda: be_away(db(), actor(), away_from=form.away_from.data, away_until=form.away_until.data)):
        return see_other("members.duty", "away")
    return _duty(form)


@pages.post("/members/duty/away/<uuid:absence_id>/end")
def back(absence_id: uuid.UUID) -> Answer:
    """Say that I am back."""
    be_back(db(), actor(), absence_id=absence_id)
    return see_other("members.duty", "away")


@pages.get("/members/holidays")
def holidays() -> Answer:
    """Show by which days of rest a country's deadlines are counted, and where the table is from."""
    known = workdays.countries_known()
    wanted = request.args.get("country", "").upper()
    country = wanted if wanted in known else actor().country
    this_year = clock.now(db()).astimezone(zone_of_country(country)).year
    return page(
        "members/holidays.html",
        country=country,
        countries=sorted(known, key=country_name),
        rest=workdays.rest_of(country),
        years=[(year, workdays.holidays_of(country, year)) for year in (this_year, this_year + 1)],
        zone=zone_of_country(country),
        zone_text=zone_text,
        taken_on=workdays.TAKEN_ON,
        first_year=workdays.FIRST_YEAR,
        last_year=workdays.LAST_YEAR,
        opens=workdays.OPENS,
        closes=workdays.CLOSES,
        weekend=_weekend(country),
        weekdays=WEEKDAY_LABELS,
    )


def _weekend(country: str) -> list[int]:
    rest = workdays.rest_of(country)
    return sorted(rest.weekend if rest else workdays.WEEKEND)


@pages.get("/me/zone")
def zone() -> Answer:
    """Show in which time zone I read moments, and let me choose another."""
    chosen = queries.get_person(db(), actor().own_person()).zone
    return _zone(ZoneForm(formdata=None, zone=chosen or ""))


def _zone(form: ZoneForm, status: int = 200) -> Answer:
    form.zone.choices = [*_zones()]
    return page("members/zone.html", status, form=form, now=clock.now(db()))


@pages.post("/me/zone")
def set_my_zone() -> Answer:
    """Read moments in another time zone."""
    form = ZoneForm()
    form.zone.choices = [*_zones()]
    if form.accepts(lambda: choose_zone(db(), actor(), zone=form.zone.data or "")):
        return see_other("members.zone")
    return _zone(form, 422)


def _zones() -> Choices:
    """My organisation's country first, then the network's, then everywhere else."""
    near = dict.fromkeys(
        name for country in (actor().country, *queries.countries(db())) for name in zones_of_country(country)
    )
    names = [*near, *sorted(known_zones() - near.keys() - {"UTC"})]
    now = clock.now(db())
    first = ("", lazy("that of my organisation's country"))
    return [first, UTC_CHOICE, *((name, _told(name, now)) for name in names if name != "UTC")]


def _told(name: str, now: datetime) -> str:
    local = now.astimezone(zone_named(name))
    return f"{name.replace('_', ' ')} (UTC{local:%z})"
