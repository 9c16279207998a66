"""People, and the mandates under which they act. Granted from inside, announced, and ended at once everywhere."""

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from members.messages import tell_of_mandate
from members.models import Mandate, Organisation, Person, SignIn
from members.queries import current_mandate, current_mandates, email_key, get_person, person_by_handle
from members.rules import clean_address, clean_handle
from members.use_cases.passwords import hash_password
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Duty, Permission, require


def add_person(
    session: Session, actor: Actor, *, handle: str, email: str | None = None, language: str = "en", password: str = ""
) -> Person:
    """Add a person who may then be given mandates; raises NotAllowed, Invalid, and Conflict for a twin.

    Without a password nobody can sign in as this person yet.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
    name, address = clean_handle(handle), clean_address(email) if email else None
    if person_by_handle(session, name):
        raise Conflict(lazy("Somebody has this handle already."), field="handle")
    if address and session.scalar(select(Person.id).where(Person.email_key == email_key(address))):
        raise Conflict(lazy("Somebody has this e-mail address already."), field="email")
    person = Person(id=new_id(), handle=name, language=language)
    if address:
        person.email, person.email_key = address, email_key(address)
    if password:
        person.password_hash = hash_password(password)
    session.add(person)
    session.flush()
    audit.record(session, actor, "add_person", f"person:{person.id}")
    return person


def grant_mandate(
    session: Session, actor: Actor, *, person_id: uuid.UUID, organisation_id: uuid.UUID, duty: Duty
) -> Mandate:
    """Let a person act for an organisation from now on, and announce it to all its people (DOMAIN 1).

    Raises NotAllowed from outside the organisation, Conflict if the person holds it, or a vote elsewhere (DOMAIN 4).
    """
    _require_inside(actor, organisation_id)
    # Both rows are held, so that two administrators at once cannot give one person two votes.
    organisation = lock(session, Organisation, organisation_id)
    person = lock(session, Person, person_id)
    if person.frozen_at is not None:
        raise Conflict(lazy("This person is frozen and can be given nothing."))
    if current_mandate(session, person.id, organisation.id, duty):
        raise Conflict(lazy("This person may do that already."))
    if duty is Duty.VOTE and _votes_somewhere(session, person.id):
        raise Conflict(lazy("This person casts the vote of another organisation; nobody casts two."))
    mandate = Mandate(
        id=new_id(),
        person_id=person.id,
        organisation_id=organisation.id,
        duty=duty,
        since=clock.now(session),
        granted_at=clock.now(session),
        granted_by_id=actor.person_id,
    )
    session.add(mandate)
    session.flush()
    audit.record(session, actor, "grant_mandate", f"mandate:{mandate.id}", duty=duty)
    if actor.is_person:
        tell_of_mandate(session, mandate, person, ended=False)
    return mandate


def grant_mandate_by_handle(
    session: Session, actor: Actor, *, handle: str, organisation_id: uuid.UUID, duty: Duty
) -> Mandate:
    """Grant a mandate to the person with this handle; raises as grant_mandate, and Invalid if there is none."""
    _require_inside(actor, organisation_id)
    person = person_by_handle(session, handle)
    if person is None:
        raise Invalid(lazy("Nobody has this handle. Ask the person how it is written."), field="handle")
    return grant_mandate(session, actor, person_id=person.id, organisation_id=organisation_id, duty=duty)


def end_mandate(session: Session, actor: Actor, *, mandate_id: uuid.UUID) -> None:
    """Take a mandate away, or lay one's own down; it ends at once in browser, chat and API. Cast votes stand.

    Raises NotAllowed from outside, Conflict if it has ended already or is the last one to administer with.
    """
    mandate = lock(session, Mandate, mandate_id)
    own = actor.is_person and mandate.person_id == actor.person_id
    if not own:
        _require_inside(actor, mandate.organisation_id)
    lock(session, Organisation, mandate.organisation_id)
    now = clock.fresh_now(session)
    if mandate.until is not None and mandate.until <= now:
        raise Conflict(lazy("This mandate has ended already."))
    if mandate.duty is Duty.ADMINISTER and _is_last_administrator(session, mandate):
        raise Conflict(lazy("Name another administrator first: without one nobody could be named after you."))
    mandate.until = now
    session.flush()
    _leave_organisation(session, mandate)
    audit.record(session, actor, "end_mandate", f"mandate:{mandate.id}", duty=mandate.duty)
    tell_of_mandate(session, mandate, get_person(session, mandate.person_id), ended=True)


def _require_inside(actor: Actor, organisation_id: uuid.UUID) -> None:
    require(actor, Permission.MANAGE_MEMBERS)
    if actor.kind is not ActorKind.SYSTEM and actor.organisation_id != organisation_id:
        raise NotAllowed()


def _votes_somewhere(session: Session, person_id: uuid.UUID) -> bool:
    held = select(Mandate.organisation_id).where(Mandate.person_id == person_id, Mandate.duty == Duty.VOTE)
    return any(current_mandate(session, person_id, elsewhere, Duty.VOTE) for elsewhere in session.scalars(held).all())


def _is_last_administrator(session: Session, mandate: Mandate) -> bool:
    others = {
        held.person_id
        for held in current_mandates(session, mandate.organisation_id)
        if held.duty is Duty.ADMINISTER and held.person.frozen_at is None
    }
    return not others - {mandate.person_id}


def _leave_organisation(session: Session, mandate: Mandate) -> None:
    """Let browsers that act for an organisation without a mandate fall back to the person's others."""
    held = {row.person_id for row in current_mandates(session, mandate.organisation_id)}
    if mandate.person_id not in held:
        acting = update(SignIn).where(
            SignIn.person_id == mandate.person_id, SignIn.organisation_id == mandate.organisation_id
        )
        session.execute(acting.values(organisation_id=None))
