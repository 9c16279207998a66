"""Coalitions, organisations and people for tests, built through use cases."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from members.models import Coalition, Organisation, Person
from members.queries import actor_for
from members.rules.codes import STEPS_AROUND, code_at, step_of
from members.use_cases.admitting import add_coalition, admit_organisation, join_coalition
from members.use_cases.coordinating import name_coordinator
from members.use_cases.factors import give_app
from members.use_cases.mandates import add_person, grant_mandate
from network_app.core.permissions import Actor, Duty

SYSTEM = Actor.system()
LONG_AGO = date(2014, 1, 1)
PASSWORD = "violets over the gate"
_number = itertools.count(1)
_signed_in: Counter[str] = Counter()


def make_coalition(session: Session, *, name: str = "") -> Coalition:
    """A coalition without members."""
    return add_coalition(session, SYSTEM, name=name or f"Coalition {next(_number)}")


def make_organisation(
    session: Session,
    *,
    name: str = "",
    country: str = "KH",
    side: str = "production",
    coalition: Coalition | None = None,
    joined_on: date = LONG_AGO,
    people: Iterable[tuple[str, Iterable[Duty]]] = (),
    **overrides: Any,
) -> Organisation:
    """A fictional active member since 2014; `coalition` is also its bloc; `people` are (handle, duties)."""
    title = name or f"Union {next(_number)}"
    values: dict[str, Any] = {
        "kind": "union",
        "languages": ["en"],
        "fictional": True,
        "email": f"o{next(_number)}@x.test",
    }
    organisation = admit_organisation(
        session, SYSTEM, name=title, country=country, side=side, joined_on=joined_on, **(values | overrides)
    )
    if coalition is not None:
        join_coalition(
            session,
            SYSTEM,
            organisation_id=organisation.id,
            coalition_id=coalition.id,
            since=joined_on,
            as_bloc=True,
        )
    for handle, duties in people:
        make_person(session, organisation, duties=duties, handle=handle)
    return organisation


def make_person(
    session: Session,
    organisation: Organisation,
    *,
    duties: Iterable[Duty] = (Duty.ACT,),
    handle: str = "",
    email: str | None = None,
    password: str = "",
    language: str = "en",
    factor: bool = True,
) -> Person:
    """A person with these mandates for `organisation`; a password costs time, so it is made only if given.

    With the password comes an app's key, made from the handle, so that `login(handle)` gets in; not with factor=False.
    """
    name = handle or f"person{next(_number)}"
    person = add_person(
        session, SYSTEM, handle=name, email=email or f"{name}@people.test", language=language, password=password
    )
    if password and factor:
        give_app(session, person, app_key(name))
    give_duties(session, organisation, person, duties)
    return person


def app_key(handle: str) -> str:
    """The key in the app of a test person."""
    return base64.b32encode(hashlib.sha1(handle.encode(), usedforsecurity=False).digest()).decode()


def code_of(handle: str) -> str:
    """A code that the person's app shows about now. Each call gives another one, for each opens the door once."""
    offset = _signed_in[handle] % (2 * STEPS_AROUND - 1) - STEPS_AROUND + 1
    _signed_in[handle] += 1
    return code_at(app_key(handle), step_of(datetime.now(UTC)) + offset)


def login(handle: str, *, email: str = "", password: str = PASSWORD) -> dict[str, str]:
    """What a test person types into the form at /login."""
    return {"email": email or f"{handle}@people.test", "password": password, "code": code_of(handle)}


def give_duties(session: Session, organisation: Organisation, person: Person, duties: Iterable[Duty]) -> None:
    """More mandates for a person who exists."""
    for duty in duties:
        grant_mandate(session, SYSTEM, person_id=person.id, organisation_id=organisation.id, duty=duty)


def actor_of(session: Session, person: Person, organisation: Organisation | None = None) -> Actor:
    """What the person may do now, read from the mandates."""
    return actor_for(session, person.id, organisation.id if organisation else None)


def make_actor(session: Session, organisation: Organisation, *duties: Duty) -> Actor:
    """A new person of `organisation` with these duties, ready to act."""
    return actor_of(session, make_person(session, organisation, duties=duties or (Duty.ACT,)))


def coordinator_of(session: Session, coalition: Coalition, organisation: Organisation) -> Actor:
    """A new person of `organisation` who coordinates the coalition; may also administer and vote."""
    person = make_person(session, organisation, duties=(Duty.COORDINATE, Duty.ADMINISTER))
    name_coordinator(session, SYSTEM, coalition_id=coalition.id, handle=person.handle, organisation_id=organisation.id)
    return actor_of(session, person, organisation)
