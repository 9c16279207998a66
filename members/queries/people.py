"""Who acts for whom. Rights are read at the moment they are used, so a mandate ends everywhere at once."""

import functools
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from members.models import (
    Absence,
    ChatIdentity,
    CoalitionCoordinator,
    CoalitionMembership,
    LinkCode,
    Mandate,
    Organisation,
    Person,
    ThawWord,
)
from members.rules import ACTING, LINK_CODE_LIFE, clean_address, clean_handle
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import UtcDateTime, get
from network_app.core.errors import Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Duty
from network_app.core.zones import zone_named, zone_of_country


def actor_for(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID | None = None) -> Actor:
    """Say what a person may do at this moment, for one organisation (without a choice: where they were first).

    Raises NotAllowed for a person who is frozen, holds no mandate there, or whose organisation may not act.
    """
    return acting_for(mandates_held(session, person_id), person_id, organisation_id)


def mandates_held(session: Session, person_id: uuid.UUID) -> Sequence[Row[Any]]:
    """Read a person's mandates of this moment, the oldest first, with all that pages need of them, in one question.

    Nothing for a person who is frozen, and none for an organisation that may not act.
    """
    return session.execute(_held(), {"person_id": person_id, "now": clock.now(session)}).all()


def acting_for(held: Sequence[Row[Any]], person_id: uuid.UUID, organisation_id: uuid.UUID | None = None) -> Actor:
    """Say what somebody with these mandates may do for one organisation. Raises NotAllowed as `actor_for` does."""
    wanted = organisation_id or (held[0].organisation_id if held else None)
    here = [row for row in held if row.organisation_id == wanted]
    if not here:
        raise NotAllowed(lazy("You hold no mandate here now."))
    first = here[0]
    return Actor(
        kind=ActorKind.PERSON,
        person_id=person_id,
        organisation_id=first.organisation_id,
        # An alternate who waits belongs to the organisation, and may do nothing yet.
        duties=frozenset(row.duty for row in here if row.usable),
        country=first.country,
        secretariat=first.secretariat,
        language=first.language,
        zone=(zone_named(first.zone) or zone_of_country(first.country)).key,
        mandate_ids=frozenset(row.id for row in here),
        coordinates=frozenset(row.coalition_id for row in here if row.usable and row.coalition_id is not None),
    )


@functools.cache
def _held() -> Select[Any]:
    """Ask for a person's mandates. Every request does: so it is put together once."""
    now = bindparam("now", type_=UtcDateTime())
    organisation = (Organisation.name, Organisation.folded, Organisation.country, Organisation.secretariat)
    return (
        select(Mandate.id, Mandate.duty, Mandate.organisation_id, Person.language, Person.zone, *organisation)
        .add_columns(held_at(now).label("usable"), CoalitionMembership.coalition_id)
        .select_from(Mandate)
        .join(Mandate.person)
        .join(Mandate.organisation)
        .outerjoin(CoalitionCoordinator, _coordinates_by_it())
        .outerjoin(CoalitionMembership, _still_in_it())
        .where(Mandate.person_id == bindparam("person_id"), in_term(now), Person.frozen_at.is_(None))
        .where(Organisation.status.in_(ACTING))
        .order_by(Mandate.since, Organisation.folded, Organisation.id)
    )


def _coordinates_by_it() -> ColumnElement[bool]:
    """Tell the coalitions that a person coordinates by a mandate: they end with it (DOMAIN 0, 1)."""
    return and_(
        Mandate.duty == Duty.COORDINATE,
        CoalitionCoordinator.person_id == Mandate.person_id,
        CoalitionCoordinator.organisation_id == Mandate.organisation_id,
        CoalitionCoordinator.until.is_(None),
        Organisation.secretariat.is_(False),
    )


def _still_in_it() -> ColumnElement[bool]:
    return and_(
        CoalitionMembership.coalition_id == CoalitionCoordinator.coalition_id,
        CoalitionMembership.organisation_id == CoalitionCoordinator.organisation_id,
        CoalitionMembership.until.is_(None),
    )


def get_person(session: Session, person_id: uuid.UUID) -> Person:
    """Load a person; raises NotFound."""
    return get(session, Person, person_id)


def zone_of_person(person: Person, country: str | None) -> ZoneInfo:
    """Return the zone a person chose, or else that of the country of the organisation they act for."""
    return zone_named(person.zone) or zone_of_country(country)


def zone_to_write_in(session: Session, person_id: uuid.UUID) -> ZoneInfo:
    """Return the zone in which a person is written to, whichever organisation it is about."""
    first = next(iter(organisations_of(session, person_id)), None)
    return zone_of_person(get_person(session, person_id), first.country if first else None)


def person_by_email(session: Session, email: str) -> Person | None:
    """Find the person with this e-mail address; anything that is not one finds nobody."""
    try:
        key = email_key(clean_address(email))
    except Invalid:
        return None
    return session.scalar(select(Person).where(Person.email_key == key))


def email_key(address: str) -> str:
    """Return the keyed hash by which a cleaned address is looked up."""
    return keyed_hash("person-email", address)


def person_by_handle(session: Session, handle: str) -> Person | None:
    """Find the person with this display handle; anything that is not one finds nobody."""
    try:
        return session.scalar(select(Person).where(Person.handle == clean_handle(handle)))
    except Invalid:
        return None


def person_by_chat(session: Session, matrix_id: str) -> Person | None:
    """Find who is linked to exactly this Matrix id; a frozen person's links find nobody."""
    return session.scalar(
        select(Person)
        .join(ChatIdentity, ChatIdentity.person_id == Person.id)
        .where(ChatIdentity.matrix_id == matrix_id, Person.frozen_at.is_(None))
    )


def chat_identities(session: Session, person_id: uuid.UUID) -> Sequence[ChatIdentity]:
    """List the chat identities linked to a person."""
    return session.scalars(
        select(ChatIdentity).where(ChatIdentity.person_id == person_id).order_by(ChatIdentity.linked_at)
    ).all()


def link_codes_waiting(session: Session) -> bool:
    """Say whether somebody was given a link code that still works, and may be about to type it in chat."""
    made_after = clock.now(session) - LINK_CODE_LIFE
    fresh = select(LinkCode.id).where(LinkCode.used_at.is_(None), LinkCode.made_at > made_after)
    return session.scalar(fresh.limit(1)) is not None


def people_with_duty(session: Session, organisation_id: uuid.UUID, duty: Duty) -> list[Person]:
    """List who holds this duty for the organisation now."""
    return [person for person, duties in people_of(session, organisation_id) if duty in duties]


def people_of(session: Session, organisation_id: uuid.UUID) -> list[tuple[Person, list[Duty]]]:
    """Say who may do what for an organisation now, by handle."""
    held = (
        select(Person, Mandate.duty)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(Mandate.organisation_id == organisation_id, held_at(clock.now(session)), Person.frozen_at.is_(None))
        .order_by(Person.handle, Mandate.since)
    )
    people: dict[uuid.UUID, tuple[Person, list[Duty]]] = {}
    for person, duty in session.execute(held):
        people.setdefault(person.id, (person, []))[1].append(duty)
    return list(people.values())


def linked_people(session: Session, organisation_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """List the people with a mandate for the organisation now and the Matrix id each is linked to."""
    linked = (
        select(ChatIdentity.person_id, ChatIdentity.matrix_id)
        .join(Person, Person.id == ChatIdentity.person_id)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(Mandate.organisation_id == organisation_id, in_term(clock.now(session)), Person.frozen_at.is_(None))
        .distinct()
        .order_by(ChatIdentity.matrix_id)
    )
    return [(person_id, matrix_id) for person_id, matrix_id in session.execute(linked)]


def current_mandate(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, duty: Duty) -> Mandate | None:
    """Find the mandate a person holds now; its `since` tells whether a vote was opened before it."""
    return session.scalar(
        select(Mandate).where(
            Mandate.person_id == person_id,
            Mandate.organisation_id == organisation_id,
            Mandate.duty == duty,
            held_at(clock.now(session)),
        )
    )


def people_in(session: Session, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Return who acts for an organisation now, as ids: alternates who wait too, the frozen not."""
    inside = select(Mandate.person_id).join(Mandate.person).where(Mandate.organisation_id == organisation_id)
    return set(session.scalars(inside.where(in_term(clock.now(session)), Person.frozen_at.is_(None))))


def current_mandates(session: Session, organisation_id: uuid.UUID) -> Sequence[Mandate]:
    """List an organisation's mandates that hold now, frozen people's too, the oldest first."""
    return session.scalars(
        select(Mandate)
        .where(Mandate.organisation_id == organisation_id, held_at(clock.now(session)))
        .options(selectinload(Mandate.person))
        .order_by(Mandate.since, Mandate.id)
    ).all()


def organisations_of(session: Session, person_id: uuid.UUID) -> list[Organisation]:
    """List the organisations a person may act for now, by name."""
    mandated = select(Mandate.organisation_id).where(Mandate.person_id == person_id, in_term(clock.now(session)))
    chosen = select(Organisation).where(Organisation.id.in_(mandated), Organisation.status.in_(ACTING))
    return list(session.scalars(chosen.order_by(Organisation.folded)))


# A moment, or the place that one is put into when a question put together before is asked.
Moment = datetime | BindParameter[datetime]


def held_at(now: Moment) -> ColumnElement[bool]:
    """Say whether a mandate may be used at `now`: an alternate's only while nobody has the duty as their own."""
    return and_(in_term(now), or_(Mandate.alternate.is_(False), ~_somebody_is_there(now)))


def in_term(now: Moment) -> ColumnElement[bool]:
    """Say whether `now` lies between a mandate's from and until, also if an alternate waits with it."""
    return _in_term(Mandate, now)


def _in_term(mandate: type[Mandate], now: Moment) -> ColumnElement[bool]:
    return and_(mandate.since <= now, or_(mandate.until.is_(None), mandate.until > now))


def _somebody_is_there(now: Moment) -> ColumnElement[bool]:
    own, holder = aliased(Mandate), aliased(Person)
    same = and_(own.organisation_id == Mandate.organisation_id, own.duty == Mandate.duty, own.alternate.is_(False))
    away = select(Absence.id).where(
        Absence.person_id == own.person_id,
        Absence.since <= now,
        Absence.until > now,
    )
    there = select(own.id).join(holder, holder.id == own.person_id).where(holder.frozen_at.is_(None))
    return there.where(same, _in_term(own, now), ~away.correlate(own).exists()).correlate(Mandate).exists()


def is_colleague(session: Session, actor: Actor, person_id: uuid.UUID) -> bool:
    """Say whether the actor acts for an organisation that this other person, frozen or not, acts for too."""
    theirs = {organisation.id for organisation in organisations_of(session, person_id)}
    return actor.person_id != person_id and actor.organisation_id in theirs


def colleagues_of(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    """Tell who else, not frozen, acts for one of this person's organisations."""
    theirs = organisations_of(session, person_id)
    return {other for organisation in theirs for other in people_in(session, organisation.id)} - {person_id}


def thaw_words(session: Session) -> dict[uuid.UUID, ThawWord]:
    """Return for each frozen person the one word that was given so far that they may come back."""
    standing = and_(ThawWord.person_id == Person.id, ThawWord.frozen_at == Person.frozen_at)
    return {word.person_id: word for word in session.scalars(select(ThawWord).join(Person, standing))}


def last_cut_off(session: Session) -> datetime | None:
    """Return when somebody was last frozen, of those who still are: the bot puts such a person out at once."""
    return session.scalar(select(func.max(Person.frozen_at)))
