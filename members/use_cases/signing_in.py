"""Signing in and out: one row per browser, which can be ended from anywhere at once."""

import secrets
import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.queries import actor_for, find_sign_in, get_person, organisations_of, person_by_email, token_hash
from members.rules import (
    SIGN_IN_SEEN_EVERY,
    WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE,
    WRONG_PASSWORDS_PER_SOURCE,
)
from members.use_cases.attempts import check_attempts, count_wrong_attempt, forget_attempts
from members.use_cases.passwords import hash_password, needs_rehash, password_matches
from network_app.core import audit, clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import LANGUAGES, lazy
from network_app.core.permissions import Actor


def sign_in(
    session: Session, *, email: str, password: str, source: str = "", device: str = "", replaces: str | None = None
) -> str | None:
    """Let a person in and return the new browser token, which is stored nowhere; None if they do not match.

    Unknown addresses, wrong passwords, frozen people and people without a mandate all get None after the same work.
    A None must be committed, so that the try counts. `source` is where the try came from (kept only as a hash of the
    day), `replaces` the token this browser held before. Raises TooMany.
    """
    account, origin = _subjects(session, email, source)
    check_attempts(session, account, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE)
    check_attempts(session, origin, WRONG_PASSWORDS_PER_SOURCE)
    person = person_by_email(session, email)
    matches = password_matches(person.password_hash if person else None, password)
    if person is None or not matches or person.frozen_at is not None or not organisations_of(session, person.id):
        count_wrong_attempt(session, account)
        count_wrong_attempt(session, origin)
        return None
    forget_attempts(session, account)
    if person.password_hash and needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    if replaces:
        sign_out(session, token=replaces)
    actor = actor_for(session, person.id)
    token = _new_sign_in(session, actor, device)
    audit.record(session, actor, "sign_in", f"person:{person.id}")
    return token


def _new_sign_in(session: Session, actor: Actor, device: str) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            id=new_id(),
            token_hash=token_hash(token),
            person_id=actor.own_person(),
            organisation_id=actor.organisation_id,
            device=device[:80],
            created_at=clock.now(session),
            seen_at=clock.now(session),
        )
    )
    session.flush()
    return token


def _subjects(session: Session, email: str, source: str) -> tuple[str, str]:
    # Safety: the day is part of what is hashed, so that a source cannot be followed from one day to the next.
    day = clock.now(session).date().isoformat()
    origin = keyed_hash("sign-in-source", f"{day}:{source}")
    return keyed_hash("sign-in-account", f"{email.strip().lower()}:{origin}"), origin


def sign_out(session: Session, *, token: str) -> None:
    """End the sign-in of this browser; an unknown token changes nothing."""
    ended = update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=clock.now(session)))


def touch_sign_in(session: Session, sign_in: SignIn) -> None:
    """Note that a browser is in use, at most every five minutes."""
    now = clock.now(session)
    if now - sign_in.seen_at >= SIGN_IN_SEEN_EVERY:
        session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now))


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


def act_for(session: Session, actor: Actor, *, token: str | None, organisation_id: uuid.UUID) -> str:
    """Act for another of my organisations in this browser; returns its new token, because its rights changed.

    Raises NotAllowed where I hold no mandate.
    """
    row = find_sign_in(session, token or "", clock.now(session))
    if row is None or row.person_id != actor.own_person():
        raise NotFound()
    other = actor_for(session, row.person_id, organisation_id)
    fresh = secrets.token_urlsafe(32)
    row.token_hash, row.organisation_id = token_hash(fresh), organisation_id
    session.flush()
    audit.record(session, other, "act_for", f"organisation:{organisation_id}")
    return fresh


def change_password(session: Session, actor: Actor, *, old: str, new: str, keep: uuid.UUID | None = None) -> bool:
    """Change my password and end my other sign-ins; False if the old one does not match.

    A False must be committed, so that the try counts. Raises Invalid for a new one that is too short, and TooMany.
    """
    subject = keyed_hash("change-password", str(actor.own_person()))
    check_attempts(session, subject, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE)
    person = lock(session, Person, actor.own_person())
    hashed = hash_password(new, field="new")
    if not password_matches(person.password_hash, old):
        count_wrong_attempt(session, subject)
        return False
    person.password_hash = hashed
    revoke_other_sign_ins(session, actor, keep=keep)
    audit.record(session, actor, "change_password", f"person:{person.id}")
    return True


def choose_language(session: Session, actor: Actor, *, language: str) -> None:
    """Read the network's pages and messages in this language; raises Invalid for one it does not speak."""
    if language not in LANGUAGES:
        raise Invalid(lazy("The network does not speak this language yet."), field="language")
    get_person(session, actor.own_person()).language = language
