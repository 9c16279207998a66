"""Duty rosters for tests, built through use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from members.models import Coalition, DutyTurn, Organisation, Person
from members.use_cases.duty import plan_turn
from network_app.core import clock
from network_app.core.permissions import Duty
from tests.factories.members import SYSTEM, make_coalition, make_organisation, make_person

DUTIES = (Duty.VERIFY, Duty.COORDINATE)


@dataclass(frozen=True)
class Roster:
    """A coalition with one organisation, two of its people, and the turn they share."""

    coalition: Coalition
    organisation: Organisation
    person: Person
    deputy: Person
    turn: DutyTurn


def make_roster(session: Session, *, country: str = "KH", name: str = "", language: str = "en") -> Roster:
    """Somebody on duty from today on, every day, with a deputy."""
    coalition = make_coalition(session, name=name)
    organisation = make_organisation(session, country=country, coalition=coalition)
    person, deputy = (make_person(session, organisation, duties=DUTIES, language=language) for _ in range(2))
    turn = make_turn(session, coalition, person, deputy)
    return Roster(coalition, organisation, person, deputy, turn)


def make_turn(
    session: Session,
    coalition: Coalition,
    person: Person,
    deputy: Person | None = None,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> DutyTurn:
    """A turn on every day of the week, from today on unless said otherwise."""
    return plan_turn(
        session,
        SYSTEM,
        coalition_id=coalition.id,
        handle=person.handle,
        deputy=deputy.handle if deputy else "",
        starts_on=starts_on or clock.now(session).date(),
        ends_on=ends_on,
    )
