"""Signing in and out: one row per browser, which can be ended from anywhere at once.

In three parts, so that no lock is held while a password is compared: look the account up, compare, then let in.
"""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from members.models import Person, SignIn
from members.queries import (
    Rights,
    acting_for,
    actor_for,
    find_half_sign_in,
    find_sign_in,
    has_factor,
    person_by_email,
    rights_of,
    token_hash,
)
from members.rules import (
    SIGN_IN_SEEN_EVERY,
    WRONG_CODES_PER_PERSON,
    WRONG_PASSWORDS_PER_ACCOUNT_AND_DAY,
    WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE,
    WRONG_PASSWORDS_PER_SOURCE,
    Strength,
)
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt, forget_attempts
from members.use_cases.factors import check_code
from members.use_cases.known_browsers import knows
from members.use_cases.passwords import hash_at_todays_cost, needs_rehash, password_matches
from network_app.core import audit, clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import changed_rows, lock, new_id
from network_app.core.errors import NotAllowed, NotFound
from network_app.core.i18n import LazyText
from network_app.core.permissions import Actor

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Claim:
    """Somebody says this address is theirs: what to compare with, and under which counters a wrong try goes."""

    person_id: uuid.UUID | None
    stored: str | None
    counters: tuple[Limit, ...]
    tried_before: bool


@dataclass(frozen=True)
class Entry:
    """A browser's new token, how far it opens, for whom, and what was wrong with the code if one was given."""

    token: str
    strength: Strength
    person_id: uuid.UUID
    problem: LazyText | None = None


def claim_account(session: Session, *, email: str, source: str = "", known: str = "") -> Claim:
    """Look an account up without saying whether there is one; raises TooMany after too many wrong tries.

    Safety: a browser that this person signed in with before is counted by itself, so that whoever guesses from outside
    cannot shut the person out.
    """
    person = person_by_email(session, email)
    # The day is part of what is hashed, so that a source cannot be followed from one day to the next.
    day = clock.now(session).date().isoformat()
    account = keyed_hash("sign-in-account", email.strip().lower()[:300])
    if person is not None and knows(known, person.id):
        browser = keyed_hash("sign-in-known", known)
        counters: tuple[Limit, ...] = (Limit(browser, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE),)
    else:
        origin = keyed_hash("sign-in-source", f"{day}:{source}")
        both = keyed_hash("sign-in-both", f"{account}:{origin}")
        counters = (
            Limit(both, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE),
            Limit(origin, WRONG_PASSWORDS_PER_SOURCE),
            Limit(account, WRONG_PASSWORDS_PER_ACCOUNT_AND_DAY, DAY),
        )
    tried_before = check_attempts(session, *counters)
    return Claim(person.id if person else None, person.password_hash if person else None, counters, tried_before)


def let_in(
    session: Session,
    claim: Claim,
    *,
    matches: bool,
    fresh_hash: str | None = None,
    code: str = "",
    device: str = "",
    replaces: str | None = None,
) -> Entry | None:
    """Let a person in whose password was compared with the claim; None if they do not match.

    Unknown addresses, wrong passwords, frozen people and people without a mandate all get None after the same work.
    A None must be committed, so that the try counts. `replaces` is the token this browser held before.
    """
    # Safety: for an address that nobody has the same questions are asked about nobody.
    whose = claim.person_id or new_id()
    person = session.get(Person, whose, with_for_update=True, populate_existing=True)
    rights = rights_of(session, whose)
    unchanged = person is not None and person.password_hash == claim.stored
    if person is None or not matches or not unchanged or person.frozen_at is not None or not rights.organisations:
        for counter in claim.counters:
            count_wrong_attempt(session, counter.subject)
        return None
    if claim.tried_before:
        forget_attempts(session, claim.counters[0].subject)
    if fresh_hash:
        person.password_hash = fresh_hash
    if replaces:
        sign_out(session, token=replaces)
    if not has_factor(session, person.id):
        return enter(session, person, Strength.PASSWORD, device, rights)
    problem = _use_code(session, person, code) if code else None
    if code and problem is None:
        return enter(session, person, Strength.SECOND_FACTOR, device, rights)
    return replace(enter(session, person, Strength.HALF, device, rights), problem=problem)


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    code: str = "",
    source: str = "",
    device: str = "",
    known: str = "",
    replaces: str | None = None,
) -> Entry | None:
    """All of it in one transaction, where no other process waits for the database; raises TooMany."""
    claim = claim_account(session, email=email, source=source, known=known)
    matches = password_matches(claim.stored, password)
    again = fresh_hash(claim, password) if matches else None
    return let_in(session, claim, matches=matches, fresh_hash=again, code=code, device=device, replaces=replaces)


def fresh_hash(claim: Claim, password: str) -> str | None:
    """Hash a right password again if the stored hash was made at another cost than today's."""
    return hash_at_todays_cost(password) if claim.stored and needs_rehash(claim.stored) else None


def give_code(session: Session, *, token: str, code: str) -> Entry | None:
    """Give the code that a half sign-in waits for; None if nothing waits under this token.

    With a right code the entry has a new token; with a wrong one the old token and the problem, which must be
    committed, so that the try counts. Raises TooMany.
    """
    half = find_half_sign_in(session, token, clock.now(session))
    if half is None:
        return None
    person = lock(session, Person, half.person_id)
    problem = _use_code(session, person, code)
    if problem is not None:
        return Entry(token, Strength.HALF, person.id, problem)
    session.delete(half)
    return enter(session, person, Strength.SECOND_FACTOR, half.device)


def _use_code(session: Session, person: Person, code: str) -> LazyText | None:
    """Use up a code and count a wrong one; returns what to tell the locked person if it is not right; or TooMany."""
    # Safety: counted for the person and not for the browser, or each new half sign-in would begin to count anew. Only
    # somebody who knows the password can use this up, and a passkey still opens.
    subject = keyed_hash("second-factor", str(person.id))
    tried_before = check_attempts(session, Limit(subject, WRONG_CODES_PER_PERSON))
    problem = check_code(session, person, code)
    if problem is not None:
        count_wrong_attempt(session, subject)
    elif tried_before:
        forget_attempts(session, subject)
    return problem


def enter(session: Session, person: Person, strength: Strength, device: str, rights: Rights | None = None) -> Entry:
    """Make the row of a browser; raises NotAllowed for somebody who is frozen or has no mandate.

    `rights` are the person's of this moment, where the caller has read them already.
    """
    rights, token, now = rights or rights_of(session, person.id), secrets.token_urlsafe(32), clock.now(session)
    if person.frozen_at is not None or not rights.organisations:
        raise NotAllowed()
    actor = acting_for(rights.held, person.id)
    session.add(
        SignIn(
            id=new_id(),
            token_hash=token_hash(token),
            person_id=person.id,
            organisation_id=actor.organisation_id,
            device=device[:80],
            strength=strength,
            rights=rights.stamp,
            strict=rights.strict,
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    if strength is not Strength.HALF:
        audit.record(session, actor, "sign_in", f"person:{person.id}", strength=strength)
    return Entry(token, strength, person.id)


def renew_sign_in(session: Session, *, token: str, strength: Strength | None = None) -> str | None:
    """Give a browser a new token because its rights changed; None if another request of it was quicker."""
    row = find_sign_in(session, token, clock.now(session))
    if row is None:
        return None
    rights, fresh = rights_of(session, row.person_id), secrets.token_urlsafe(32)
    mine = update(SignIn).where(SignIn.id == row.id, SignIn.token_hash == token_hash(token))
    values = {"token_hash": token_hash(fresh), "rights": rights.stamp, "strict": rights.strict}
    changed = changed_rows(session, mine.values(**values, strength=strength or row.strength))
    return fresh if changed else None


def sign_out(session: Session, *, token: str) -> None:
    """End the sign-in of this browser; an unknown token changes nothing."""
    ended = update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=clock.now(session)))


def touch_sign_in(session: Session, sign_in_id: uuid.UUID) -> None:
    """Note that a browser is in use, at most every five minutes."""
    now = clock.now(session)
    stale = update(SignIn).where(SignIn.id == sign_in_id, SignIn.seen_at <= now - SIGN_IN_SEEN_EVERY)
    session.execute(stale.values(seen_at=now))


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
