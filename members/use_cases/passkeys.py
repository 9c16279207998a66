"""Passkeys: a key pair in a phone, a computer or a small device, that signs for this address and for no other.

The challenge is sealed by us and carries its own time, so that asking for one writes nothing; answering one does.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from members.models import Passkey, Person, UsedChallenge
from members.queries import passkeys_of
from members.rules import CHALLENGE_LIFE, WRONG_PASSWORDS_PER_SOURCE, Strength
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt
from members.use_cases.factors import note_new_factor, require_fresh
from members.use_cases.signing_in import Entry, enter, sign_out
from network_app.core import clock
from network_app.core.config import current
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor

MOST_PASSKEYS = 10
NOT_READ = lazy("The passkey's answer could not be read, or came too late. Try again.")
FAILURES = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Site:
    """The name to which passkeys are bound, and the address they are used at."""

    name: str
    origin: str


def passkey_site() -> Site | None:
    """Where passkeys are bound to; None if the network is reached by a bare number, which browsers refuse."""
    parts = urlsplit(current().public_url)
    try:
        ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
    return None


def options_to_enter(session: Session) -> str | None:
    """What a browser is asked at the door, as JSON; the same for everybody, so it names nobody."""
    site = passkey_site()
    if site is None:
        return None
    asked = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=_challenge(session, "enter"),
        timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(asked)


def options_to_add(session: Session, person: Person) -> str | None:
    """What a browser is asked to make a new passkey, as JSON."""
    site = passkey_site()
    if site is None:
        return None
    asked = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=current().network_name,
        user_name=person.handle,
        user_id=person.id.bytes,
        challenge=_challenge(session, f"add:{person.id}"),
        timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential_id) for row in _rows(session, person)],
    )
    return webauthn.options_to_json(asked)


def add_passkey(session: Session, actor: Actor, *, sign_in_id: uuid.UUID | None, answer: str, name: str) -> str:
    """Keep the public half of a new passkey; returns this browser's new token.

    Raises Invalid for an answer that does not fit, Conflict for one that is known or one too many.
    """
    sign_in, site = require_fresh(session, actor, sign_in_id), passkey_site()
    person = lock(session, Person, actor.own_person())
    if site is None or len(_rows(session, person)) >= MOST_PASSKEYS:
        raise Conflict(lazy("There are ten passkeys already. Remove one first."))
    try:
        said = json.loads(answer)
        made = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=_use_challenge(session, said, f"add:{person.id}"),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except FAILURES as problem:
        raise Invalid(NOT_READ) from problem
    if _by_credential(session, made.credential_id) is not None:
        raise Conflict(lazy("This passkey is known already."))
    row = Passkey(id=new_id(), person_id=person.id, credential_id=made.credential_id, name=name[:80])
    row.credential_hash, row.public_key = _hash(made.credential_id), made.credential_public_key
    row.sign_count, row.made_at = made.sign_count, clock.now(session)
    session.add(row)
    session.flush()
    return note_new_factor(session, actor, sign_in, "passkey")


def enter_with_passkey(
    session: Session, *, answer: str, source: str = "", device: str = "", replaces: str | None = None
) -> Entry | None:
    """Let somebody in who holds a passkey and unlocked it; None if it opens nothing, which must be committed.

    It is two proofs in one: the device, and what unlocks the device. Raises TooMany.
    """
    origin = keyed_hash("passkey-source", f"{clock.now(session).date().isoformat()}:{source}")
    check_attempts(session, Limit(origin, WRONG_PASSWORDS_PER_SOURCE))
    person = _whose(session, answer)
    if person is None:
        count_wrong_attempt(session, origin)
        return None
    try:
        entry = enter(session, person, Strength.SECOND_FACTOR, device)
    except NotAllowed:
        return None
    if replaces:
        sign_out(session, token=replaces)
    return entry


def _whose(session: Session, answer: str) -> Person | None:
    site = passkey_site()
    try:
        said = json.loads(answer)
        row = _by_credential(session, base64url_to_bytes(said["rawId"]))
        if site is None or row is None:
            return None
        shown = webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=_use_challenge(session, said, "enter"),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except FAILURES:
        return None
    row.sign_count, row.used_at = shown.new_sign_count, clock.now(session)
    session.flush()
    return session.get(Person, row.person_id)


def _challenge(session: Session, purpose: str) -> bytes:
    written = f"{int(clock.unmoved(session).timestamp())}.{secrets.token_urlsafe(16)}"
    return f"{written}.{_seal(purpose, written)}".encode()


def _use_challenge(session: Session, said: Any, purpose: str) -> bytes:
    """The challenge that was answered, if it is ours, young, for this purpose and not answered before."""
    client = json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))
    challenge = base64url_to_bytes(client["challenge"])
    written, _, seal = challenge.decode().rpartition(".")
    age = clock.unmoved(session).timestamp() - int(written.partition(".")[0])
    if not secrets.compare_digest(seal, _seal(purpose, written)) or not 0 <= age <= CHALLENGE_LIFE.total_seconds():
        raise ValueError("not our challenge")
    try:
        with session.begin_nested():
            session.add(UsedChallenge(challenge_hash=hashlib.sha256(challenge).hexdigest(), at=clock.now(session)))
    except IntegrityError as problem:
        raise ValueError("answered before") from problem
    return challenge


def _seal(purpose: str, written: str) -> str:
    return keyed_hash("passkey-challenge", f"{purpose}:{written}")[:40]


def _rows(session: Session, person: Person) -> list[Passkey]:
    return list(passkeys_of(session, person.id))


def _by_credential(session: Session, credential_id: bytes) -> Passkey | None:
    theirs = select(Passkey).where(Passkey.credential_hash == _hash(credential_id))
    return session.scalar(theirs.with_for_update())


def _hash(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
