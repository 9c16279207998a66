"""Coalitions from inside: who is in, who coordinates, who asks or is asked, and what happened."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from members.models import (
    CoalitionCoordinator,
    CoalitionMembership,
    JoinRequest,
    Mandate,
    Organisation,
    Person,
)
from members.queries.organisations import coalition_ids_of
from members.queries.people import held_at
from members.rules import ACTING
from members.rules.history import sentence
from network_app.core import audit, clock
from network_app.core.permissions import Actor, Duty

# What puts an organisation back onto the rolls, as its history names it.
RETURNS = frozenset({"wake_organisation", "reinstate"})


def members_of(session: Session, coalition_id: uuid.UUID) -> Sequence[Organisation]:
    """List the acting organisations of a coalition now, by name."""
    return session.scalars(select(Organisation).where(*_inside(coalition_id)).order_by(Organisation.folded)).all()


def _inside(coalition_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    there = select(CoalitionMembership.organisation_id).where(
        CoalitionMembership.coalition_id == coalition_id, CoalitionMembership.until.is_(None)
    )
    return Organisation.id.in_(there), Organisation.status.in_(ACTING)


def coordinators_of(session: Session, coalition_id: uuid.UUID) -> Sequence[CoalitionCoordinator]:
    """List who coordinates a coalition at this moment: named, with the mandate still held, for a member still in it."""
    held = (
        select(CoalitionCoordinator)
        .join(Mandate, Mandate.person_id == CoalitionCoordinator.person_id)
        .join(Person, Person.id == CoalitionCoordinator.person_id)
        .join(Organisation, Organisation.id == CoalitionCoordinator.organisation_id)
        .where(
            CoalitionCoordinator.coalition_id == coalition_id,
            CoalitionCoordinator.until.is_(None),
            Mandate.organisation_id == CoalitionCoordinator.organisation_id,
            Mandate.duty == Duty.COORDINATE,
            held_at(clock.now(session)),
            Person.frozen_at.is_(None),
            *_inside(coalition_id),
        )
        .options(selectinload(CoalitionCoordinator.person), selectinload(CoalitionCoordinator.organisation))
        .order_by(CoalitionCoordinator.since, CoalitionCoordinator.id)
    )
    return session.scalars(held.distinct()).all()


def coordinators_to_be(session: Session, actor: Actor, coalition_id: uuid.UUID) -> list[tuple[Person, Organisation]]:
    """List whom the actor could name: who coordinates for an organisation of this coalition and is not named yet.

    While nobody coordinates it, only people of other organisations than the actor's.
    """
    shut = None if coalition_id in actor.coordinates else actor.organisation_id
    named = {(row.person_id, row.organisation_id) for row in coordinators_of(session, coalition_id)}
    held = (
        select(Person, Organisation)
        .join(Mandate, Mandate.person_id == Person.id)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.duty == Duty.COORDINATE, held_at(clock.now(session)), Person.frozen_at.is_(None))
        .where(*_inside(coalition_id), Organisation.secretariat.is_(False))
        .order_by(Organisation.folded, Person.handle)
    )
    found = [(person, there) for person, there in session.execute(held) if there.id != shut]
    return [(person, there) for person, there in found if (person.id, there.id) not in named]


def may_name_coordinator(session: Session, actor: Actor, coalition_id: uuid.UUID) -> bool:
    """Whether the actor may name who coordinates: one who does or, while nobody does, whoever could be named."""
    if actor.secretariat or actor.organisation_id is None or Duty.COORDINATE not in actor.duties:
        return False
    if coalition_id in actor.coordinates:
        return True
    inside = coalition_id in coalition_ids_of(session, actor.organisation_id)
    return inside and not coordinators_of(session, coalition_id)


def open_join_requests(
    session: Session, *, coalition_id: uuid.UUID | None = None, organisation_id: uuid.UUID | None = None
) -> Sequence[JoinRequest]:
    """List the requests and invitations that wait for an answer, of a coalition or of an organisation."""
    chosen = select(JoinRequest).where(
        JoinRequest.settled_at.is_(None),
        or_(JoinRequest.coalition_id == coalition_id, JoinRequest.organisation_id == organisation_id),
    )
    loaded = chosen.options(selectinload(JoinRequest.coalition), selectinload(JoinRequest.organisation))
    return session.scalars(loaded.order_by(JoinRequest.made_at, JoinRequest.id)).all()


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that happened, in words."""

    at: datetime
    sentence: str


def last_return(session: Session, organisation_id: uuid.UUID) -> datetime | None:
    """When an organisation last came back onto the rolls, by its own word or because its suspension ended."""
    entries = reversed(audit.links(session, f"organisation:{organisation_id}"))
    return next((entry.at for entry in entries if entry.body["act"] in RETURNS), None)


def history_of(session: Session, subject: str) -> list[HistoryEntry]:
    """Read what happened to `subject` ("organisation:<id>", "coalition:<id>", an application's chain), newest first."""
    return [HistoryEntry(link.at, sentence(link.body)) for link in reversed(audit.links(session, subject))]
