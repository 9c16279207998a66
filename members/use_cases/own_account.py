"""What people settle about their own account: sign-ins elsewhere, password, language."""

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.queries import get_person, has_factor, organisations_of
from members.rules import WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt
from members.use_cases.passwords import hash_password, password_matches
from network_app.core import audit, clock
from network_app.core.config import current
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import LANGUAGES, lazy
from network_app.core.permissions import Actor


def revoke_sign_in(session: Session, actor: Actor, *, sign_in_id: uuid.UUID) -> None:
    """End one of my sign-ins, for instance on a phone I lost; raises NotFound."""
    row = lock(session, SignIn, sign_in_id)
    if row.person_id != actor.own_person():
        raise NotFound()
    row.revoked_at = row.revoked_at or clock.now(session)
    audit.record(session, actor, "revoke_sign_in", f"person:{row.person_id}")


def revoke_other_sign_ins(session: Session, actor: Actor, *, keep: uuid.UUID | None = None) -> None:
    """End all my sign-ins, except the one I am looking from if it is given."""
    ended = update(SignIn).where(SignIn.person_id == actor.own_person(), SignIn.revoked_at.is_(None))
    if keep:
        ended = ended.where(SignIn.id != keep)
    session.execute(ended.values(revoked_at=clock.now(session)))
    audit.record(session, actor, "revoke_other_sign_ins", f"person:{actor.person_id}")


def change_password(session: Session, actor: Actor, *, old: str, new: str, keep: uuid.UUID | None = None) -> bool:
    """Change my password and end my other sign-ins; False if the old one does not match.

    A False must be committed, so that the try counts. Raises Invalid for a new one that is easy to guess, and TooMany.
    """
    subject = keyed_hash("change-password", str(actor.own_person()))
    check_attempts(session, Limit(subject, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE))
    person = lock(session, Person, actor.own_person())
    alone = not has_factor(session, person.id)
    hashed = hash_password(new, field="new", alone=alone, context=context_of(session, person))
    if not password_matches(person.password_hash, old):
        count_wrong_attempt(session, subject)
        return False
    person.password_hash = hashed
    revoke_other_sign_ins(session, actor, keep=keep)
    audit.record(session, actor, "change_password", f"person:{person.id}")
    return True


def context_of(session: Session, person: Person) -> tuple[str, ...]:
    """The words that others would try first in this person's password."""
    names = [organisation.name for organisation in organisations_of(session, person.id)]
    return (current().network_name, person.handle, person.email or "", *names)


def choose_language(session: Session, actor: Actor, *, language: str) -> None:
    """Read the network's pages and messages in this language; raises Invalid for one it does not speak."""
    if language not in LANGUAGES:
        raise Invalid(lazy("The network does not speak this language yet."), field="language")
    get_person(session, actor.own_person()).language = language
