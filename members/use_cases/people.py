"""People are added once; what they may do comes from mandates alone."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from members.models import Person
from members.queries import email_key, person_by_email, person_by_handle
from members.rules import TAKEN_PER_INVITATION, clean_address, clean_handle
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt
from members.use_cases.passwords import hash_password, make_password
from network_app.core import audit
from network_app.core.crypto import keyed_hash
from network_app.core.db import new_id
from network_app.core.errors import Conflict, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind


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
        person.password_hash = hash_password(password, context=(name, address or ""))
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        # Somebody took the handle or the address at this very moment.
        raise Conflict(lazy("Somebody has this handle already."), field="handle") from None
    audit.record(session, actor, "add_person", f"person:{person.id}")
    return person


def is_taken(session: Session, email: str, *, link_id: uuid.UUID) -> bool:
    """Say whether an account has this address already, to somebody who came by one private link.

    A True must be committed, so that nobody tries out addresses with one link. Raises TooMany.
    """
    subject = keyed_hash("link-address", str(link_id))
    check_attempts(session, Limit(subject, TAKEN_PER_INVITATION))
    taken = person_by_email(session, email) is not None
    if taken:
        count_wrong_attempt(session, subject)
    return taken


def add_person_by_operator(session: Session, *, handle: str, email: str) -> str:
    """Add a person for whoever runs the server; returns the first password, which is stored nowhere.

    The person may do nothing until an administrator of an organisation gives them a mandate. Raises as add_person.
    """
    password = make_password()
    add_person(session, Actor.system(), handle=handle, email=email, password=password)
    return password
