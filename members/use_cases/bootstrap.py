"""The first circle: organisations and people from one file, once, because nobody is inside yet to admit them."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Coalition, CoalitionMembership, Mandate, Organisation, Person
from members.rules import MONTHLY_CALLS
from members.use_cases.admitting import add_coalition, admit_organisation, join_coalition
from members.use_cases.coordinating import name_coordinator
from members.use_cases.mandates import add_person, grant_mandate
from members.use_cases.passwords import make_password
from network_app.core import audit
from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Duty


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FirstCoalition(_Entry):
    """One coalition of the file."""

    slug: str
    name: str
    # Handles of people who coordinate for one of its organisations. They admit and name all who come later.
    coordinators: list[str] = []


class FirstPerson(_Entry):
    """One person of the file; without a password one is made and returned once."""

    handle: str
    email: str
    language: str = "en"
    duties: list[Duty] = Field(min_length=1)
    password: str = ""


class FirstOrganisation(_Entry):
    """One organisation of the file. `bloc` may be left out by a member of one coalition."""

    name: str
    kind: str
    country: str
    side: str
    languages: list[str]
    joined_on: date
    slug: str = ""
    family: str | None = None
    email: str | None = None
    coalitions: list[str] = []
    bloc: str | None = None
    secretariat: bool = False
    fictional: bool = False
    monthly_call_cap: int = Field(default=MONTHLY_CALLS, ge=0)
    people: list[FirstPerson] = []


class FirstCircle(_Entry):
    """The whole file."""

    coalitions: list[FirstCoalition] = []
    organisations: list[FirstOrganisation] = Field(min_length=1)


def bootstrap(session: Session, data: dict[str, Any]) -> dict[str, str]:
    """Make the first organisations, coalitions and people, and return the passwords made, by handle.

    Works once: raises Conflict as soon as there is a member. Raises Invalid naming the place in the file.
    """
    circle = _read(data)
    actor = Actor.system()
    # Written first, because it holds the audit chain: a second bootstrap waits here and then sees the members.
    audit.record(session, actor, "bootstrap", "network", organisations=len(circle.organisations))
    if session.scalar(select(Organisation.id).limit(1)) is not None:
        raise Conflict(lazy("There are members already. New ones are admitted by a coalition, not from a file."))
    known = {entry.slug: add_coalition(session, actor, name=entry.name, slug=entry.slug) for entry in circle.coalitions}
    passwords: dict[str, str] = {}
    for entry in circle.organisations:
        organisation = _admit(session, actor, entry)
        for slug in entry.coalitions:
            join_coalition(
                session,
                actor,
                organisation_id=organisation.id,
                coalition_id=known[slug].id,
                since=entry.joined_on,
                as_bloc=slug == _bloc(entry),
            )
        for person in entry.people:
            passwords |= _add(session, actor, organisation, person)
    for coalition in circle.coalitions:
        for handle in coalition.coordinators:
            _name(session, actor, known[coalition.slug], handle)
    return passwords


def _name(session: Session, actor: Actor, coalition: Coalition, handle: str) -> None:
    mandated = (
        select(Mandate.organisation_id)
        .join(Mandate.person)
        .join(CoalitionMembership, CoalitionMembership.organisation_id == Mandate.organisation_id)
        .where(Person.handle == handle, Mandate.duty == Duty.COORDINATE)
        .where(CoalitionMembership.coalition_id == coalition.id)
    )
    for organisation_id in session.scalars(mandated).all():
        name_coordinator(session, actor, coalition_id=coalition.id, handle=handle, organisation_id=organisation_id)


def _read(data: dict[str, Any]) -> FirstCircle:
    try:
        circle = FirstCircle.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(".".join(str(part) for part in first["loc"]), first["msg"]) from error
    slugs = {coalition.slug for coalition in circle.coalitions}
    for entry in circle.organisations:
        if strangers := set(entry.coalitions) - slugs:
            raise _wrong(entry.name, f"unknown coalition {min(strangers)}")
        if entry.bloc not in {None, *entry.coalitions} or (len(entry.coalitions) > 1 and entry.bloc is None):
            raise _wrong(entry.name, "bloc must be one of its coalitions")
    _check_coordinators(circle)
    return circle


def _check_coordinators(circle: FirstCircle) -> None:
    for coalition in circle.coalitions:
        inside = {
            person.handle
            for entry in circle.organisations
            if coalition.slug in entry.coalitions and not entry.secretariat
            for person in entry.people
            if Duty.COORDINATE in person.duties
        }
        if strangers := set(coalition.coordinators) - inside:
            raise _wrong(coalition.name, f"{min(strangers)} coordinates for no organisation in it")


def _wrong(place: str, problem: str) -> Invalid:
    return Invalid(lazy("At %(place)s: %(problem)s") % {"place": place, "problem": problem})


def _bloc(entry: FirstOrganisation) -> str | None:
    return entry.bloc or (entry.coalitions[0] if entry.coalitions else None)


def _admit(session: Session, actor: Actor, entry: FirstOrganisation) -> Organisation:
    return admit_organisation(session, actor, **entry.model_dump(exclude={"coalitions", "bloc", "people"}))


def _add(session: Session, actor: Actor, organisation: Organisation, entry: FirstPerson) -> dict[str, str]:
    made = {} if entry.password else {entry.handle: make_password()}
    person = add_person(
        session,
        actor,
        handle=entry.handle,
        email=entry.email,
        language=entry.language,
        password=entry.password or made[entry.handle],
    )
    for duty in dict.fromkeys(entry.duties):
        grant_mandate(session, actor, person_id=person.id, organisation_id=organisation.id, duty=duty)
    return made
