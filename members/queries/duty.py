"""The rosters as they stand, read in a handful of questions however many turns there are."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from members.models import Absence, ChatIdentity, CoalitionMembership, DutyTurn, Mandate, Organisation, Person
from members.queries.people import held_at, zone_of_person
from members.rules import ACTING
from members.rules.duty import Answerer, Turn
from network_app.core import clock
from network_app.core.permissions import Duty

# Who may decide at triage or keep a case may stand on a roster.
ON_A_ROSTER = (Duty.VERIFY, Duty.COORDINATE)
Place = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True)
class _Known:
    """What decides whether people can answer now, of all people on the rosters at once."""

    mandates: frozenset[Place]
    members: frozenset[tuple[uuid.UUID, uuid.UUID]]
    linked: frozenset[uuid.UUID]
    away: dict[uuid.UUID, tuple[tuple[datetime, datetime], ...]]


def turns(session: Session, *, coalition_ids: Iterable[uuid.UUID] | None = None) -> list[Turn]:
    """List the turns that are not ended, of these coalitions or of all, in the order in which they begin."""
    chosen = (
        select(DutyTurn)
        .where(DutyTurn.ended_at.is_(None))
        # A turn that is over on every wall of the earth is history.
        .where(or_(DutyTurn.ends_on.is_(None), DutyTurn.ends_on >= _day_before(clock.now(session))))
        .options(
            joinedload(DutyTurn.coalition),
            joinedload(DutyTurn.person),
            joinedload(DutyTurn.organisation),
            joinedload(DutyTurn.deputy),
            joinedload(DutyTurn.deputy_organisation),
        )
        .order_by(DutyTurn.starts_on, DutyTurn.id)
    )
    if coalition_ids is not None:
        chosen = chosen.where(DutyTurn.coalition_id.in_(tuple(coalition_ids)))
    rows = session.scalars(chosen).all()
    known = _known(session, rows)
    return [_turn(row, known) for row in rows]


def _day_before(moment: datetime) -> date:
    return date.fromordinal(moment.date().toordinal() - 1)


def _known(session: Session, rows: Sequence[DutyTurn]) -> _Known:
    people = {row.person_id for row in rows} | {row.deputy_id for row in rows if row.deputy_id}
    held = select(Mandate.person_id, Mandate.organisation_id).where(
        Mandate.person_id.in_(people), Mandate.duty.in_(ON_A_ROSTER), held_at(clock.now(session))
    )
    inside = select(CoalitionMembership.organisation_id, CoalitionMembership.coalition_id).where(
        CoalitionMembership.coalition_id.in_({row.coalition_id for row in rows}), CoalitionMembership.until.is_(None)
    )
    linked = select(ChatIdentity.person_id).where(ChatIdentity.person_id.in_(people))
    away: dict[uuid.UUID, tuple[tuple[datetime, datetime], ...]] = defaultdict(tuple)
    for absence in session.scalars(_absences(session).where(Absence.person_id.in_(people))):
        away[absence.person_id] += ((absence.since, absence.until),)
    return _Known(
        mandates=frozenset((person_id, place) for person_id, place in session.execute(held)),
        members=frozenset((organisation_id, coalition_id) for organisation_id, coalition_id in session.execute(inside)),
        linked=frozenset(session.scalars(linked)),
        away=away,
    )


def _turn(row: DutyTurn, known: _Known) -> Turn:
    deputy = None
    if row.deputy is not None and row.deputy_organisation is not None:
        deputy = _answerer(row.deputy, row.deputy_organisation, row.coalition_id, known)
    return Turn(
        id=row.id,
        coalition_id=row.coalition_id,
        coalition=row.coalition.name,
        duty=_answerer(row.person, row.organisation, row.coalition_id, known),
        deputy=deputy,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        weekdays=row.weekdays,
    )


def _answerer(person: Person, organisation: Organisation, coalition_id: uuid.UUID, known: _Known) -> Answerer:
    reachable = person.email_ct is not None or person.id in known.linked
    mandated = (person.id, organisation.id) in known.mandates and (organisation.id, coalition_id) in known.members
    return Answerer(
        person_id=person.id,
        organisation_id=organisation.id,
        handle=person.handle,
        organisation=organisation.name,
        country=organisation.country,
        zone=zone_of_person(person, organisation.country),
        languages=frozenset({person.language, *organisation.languages}),
        able=mandated and reachable and person.frozen_at is None and organisation.status in ACTING,
        away=known.away.get(person.id, ()),
    )


def _absences(session: Session) -> Select[Absence]:
    """Those that run or are still to come."""
    return select(Absence).where(Absence.until > clock.now(session)).order_by(Absence.since, Absence.id)


def absences_of(session: Session, person_id: uuid.UUID) -> list[Absence]:
    """List when a person is, or will be, out of office."""
    return list(
        session.scalars(_absences(session).where(Absence.person_id == person_id, Absence.until > Absence.since))
    )


def home_coalitions(session: Session, countries: Iterable[str]) -> dict[str, frozenset[uuid.UUID]]:
    """Say which coalitions are at home in each of these countries: those with a member there."""
    placed = (
        select(Organisation.country, CoalitionMembership.coalition_id)
        .join(CoalitionMembership, CoalitionMembership.organisation_id == Organisation.id)
        .where(Organisation.country.in_(set(countries)), Organisation.status.in_(ACTING))
        .where(CoalitionMembership.until.is_(None))
        .distinct()
    )
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    for country, coalition_id in session.execute(placed):
        found[country].add(coalition_id)
    return {country: frozenset(ids) for country, ids in found.items()}


def places_on_a_roster(session: Session, person_id: uuid.UUID, coalition_id: uuid.UUID) -> list[Organisation]:
    """List the coalition's organisations for which a person may stand on its roster now, by name."""
    held = select(Mandate.organisation_id).where(
        Mandate.person_id == person_id, Mandate.duty.in_(ON_A_ROSTER), held_at(clock.now(session))
    )
    inside = select(CoalitionMembership.organisation_id).where(
        CoalitionMembership.coalition_id == coalition_id, CoalitionMembership.until.is_(None)
    )
    chosen = select(Organisation).where(Organisation.id.in_(held), Organisation.id.in_(inside))
    return list(session.scalars(chosen.where(Organisation.status.in_(ACTING)).order_by(Organisation.folded)))
