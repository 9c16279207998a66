"""Keeping a coalition's duty roster, and saying that one is out of office."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from members.messages import tell_person
from members.models import Absence, Coalition, DutyTurn, Organisation, Person
from members.queries import get_person, person_by_handle
from members.queries.duty import places_on_a_roster
from members.rules.duty import LONGEST_ABSENCE, LONGEST_TURN, WEEKDAYS
from network_app.core import audit, clock
from network_app.core.db import get, lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Permission, require
from network_app.core.zones import UTC, zone_named


def plan_turn(
    session: Session,
    actor: Actor,
    *,
    coalition_id: uuid.UUID,
    handle: str,
    deputy: str = "",
    starts_on: date,
    ends_on: date | None = None,
    weekdays: Iterable[str] = WEEKDAYS,
) -> DutyTurn:
    """Put somebody of the coalition on its roster, with a deputy, and tell both (DOMAIN 1).

    Raises NotAllowed for anybody but the coalition's coordinators, Invalid naming the field.
    """
    _require_coordinator(actor, coalition_id)
    coalition = get(session, Coalition, coalition_id)
    person, place = _somebody(session, coalition_id, handle, "handle")
    stand_in = _somebody(session, coalition_id, deputy, "deputy") if deputy.strip() else None
    if stand_in and stand_in[0].id == person.id:
        raise Invalid(lazy("The deputy must be somebody else."), field="deputy")
    days = _days_of_week(weekdays)
    _check_days(session, starts_on, ends_on)
    turn = DutyTurn(
        id=new_id(),
        coalition_id=coalition.id,
        person_id=person.id,
        organisation_id=place.id,
        deputy_id=stand_in[0].id if stand_in else None,
        deputy_organisation_id=stand_in[1].id if stand_in else None,
        starts_on=starts_on,
        ends_on=ends_on,
        weekdays=days,
        made_by_id=actor.person_id,
    )
    session.add(turn)
    session.flush()
    audit.record(session, actor, "plan_turn", f"coalition:{coalition.id}", turn=str(turn.id))
    _tell_of_turn(session, turn, coalition.name)
    return turn


def _tell_of_turn(session: Session, turn: DutyTurn, coalition: str) -> None:
    for told in (turn.person_id, turn.deputy_id):
        if told is not None:
            values = {"coalition": coalition, "deputy": int(told == turn.deputy_id)}
            tell_person(session, told, key=f"turn:{turn.id}", template="duty_planned", values=values)


def end_turn(session: Session, actor: Actor, *, turn_id: uuid.UUID) -> None:
    """Take a turn off the roster, at once. Raises NotAllowed, and Conflict if it is off already."""
    turn = lock(session, DutyTurn, turn_id)
    _require_coordinator(actor, turn.coalition_id)
    if turn.ended_at is not None:
        raise Conflict(lazy("This turn is off the roster already."))
    turn.ended_at = clock.now(session)
    session.flush()
    audit.record(session, actor, "end_turn", f"coalition:{turn.coalition_id}", turn=str(turn.id))


def be_away(session: Session, actor: Actor, *, away_from: date, away_until: date) -> Absence:
    """Say that I am out of office on these days, both included; my deputies step in. Raises Invalid."""
    require(actor, Permission.SEE_NETWORK)
    # The zone in which they read it again.
    now, zone = clock.now(session), zone_named(actor.zone) or UTC
    if away_until < away_from:
        raise Invalid(lazy("The last day is before the first."), field="away_until")
    since, until = (
        datetime.combine(day, time(), zone).astimezone(now.tzinfo)
        for day in (away_from, away_until + timedelta(days=1))
    )
    if until <= now:
        raise Invalid(lazy("These days are over."), field="away_until")
    if until - now > LONGEST_ABSENCE:
        raise Invalid(lazy("Please say it for a year at most."), field="away_until")
    absence = Absence(id=new_id(), person_id=actor.own_person(), since=since, until=until)
    session.add(absence)
    session.flush()
    audit.record(session, actor, "be_away", f"person:{actor.person_id}", absence=str(absence.id))
    return absence


def be_back(session: Session, actor: Actor, *, absence_id: uuid.UUID) -> None:
    """Say that I am back, or will not be away after all. Raises NotAllowed for somebody else's absence."""
    absence = lock(session, Absence, absence_id)
    if not actor.is_person or absence.person_id != actor.person_id:
        raise NotAllowed()
    now = clock.now(session)
    if absence.until > now:
        absence.until = max(now, absence.since)
    session.flush()
    audit.record(session, actor, "be_back", f"person:{actor.person_id}", absence=str(absence.id))


def choose_zone(session: Session, actor: Actor, *, zone: str) -> None:
    """Read every moment in this time zone; empty: in that of my organisation's country. Raises Invalid."""
    require(actor, Permission.SEE_NETWORK)
    if zone and zone_named(zone) is None:
        raise Invalid(lazy("Nobody knows this time zone."), field="zone")
    person = lock(session, Person, actor.own_person())
    person.zone = zone or None
    session.flush()
    audit.record(session, actor, "choose_zone", f"person:{person.id}", zone=zone)


def _require_coordinator(actor: Actor, coalition_id: uuid.UUID) -> None:
    if actor.kind is not ActorKind.SYSTEM and coalition_id not in actor.coordinates:
        raise NotAllowed()


def _somebody(session: Session, coalition_id: uuid.UUID, handle: str, field: str) -> tuple[Person, Organisation]:
    person = person_by_handle(session, handle)
    places = places_on_a_roster(session, person.id, coalition_id) if person else []
    if person is None or not places or get_person(session, person.id).frozen_at is not None:
        raise Invalid(
            lazy("Nobody with this handle may verify or coordinate for a member of this coalition."), field=field
        )
    return person, places[0]


def _days_of_week(chosen: Iterable[str]) -> str:
    days = "".join(sorted(set(chosen) & set(WEEKDAYS)))
    if not days:
        raise Invalid(lazy("Please choose at least one."), field="weekdays")
    return days


def _check_days(session: Session, starts_on: date, ends_on: date | None) -> None:
    today = clock.now(session).date()
    if starts_on < today - timedelta(days=1):
        raise Invalid(lazy("A turn cannot begin in the past."), field="starts_on")
    if starts_on > today + LONGEST_TURN:
        raise Invalid(lazy("Please say it for a year at most."), field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(lazy("The last day is before the first."), field="ends_on")
    if ends_on is not None and ends_on - starts_on > LONGEST_TURN:
        raise Invalid(lazy("Please say it for a year at most."), field="ends_on")
