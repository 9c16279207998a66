"""Organisations put their names under a letter, or take them back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.letters.models import Letter, Signature
from network_app.letters.queries import letter_by_ref, signature_of
from network_app.letters.rules.states import OPEN, LetterState
from network_app.letters.use_cases.drafting import void_releases


def sign_letter(session: Session, actor: Actor, *, ref: str) -> Signature:
    """Sign a letter for one's organisation, until its time for signing ends. Signing twice is one signature.

    Raises Conflict when it is not open, or for an organisation that stood aside in its vote (DOMAIN 4).
    """
    require(actor, Permission.SIGN_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    organisation_id = actor.own_organisation()
    if letter.state is not LetterState.SIGNING:
        raise Conflict(lazy("This letter is not open for signing."))
    # Half-open, by the clock as it is after the lock was had.
    if letter.sign_until is not None and clock.fresh_now(session) >= letter.sign_until:
        raise Conflict(lazy("The time for signing this letter is over."))
    if str(organisation_id) in letter.stand_aside:
        raise Conflict(lazy("Your organisation stood aside in the vote, so its name does not stand under this letter."))
    signature = signature_of(session, letter.id, organisation_id)
    if signature is not None and signature.version == letter.version and signature.withdrawn_at is None:
        return signature
    if signature is None:
        signature = Signature(id=new_id(), organisation_id=organisation_id)
        letter.signatures.append(signature)
    signature.person_id, signature.version = actor.own_person(), letter.version
    signature.signed_at, signature.withdrawn_at = clock.now(session), None
    session.flush()
    audit.record(session, actor, "letter signed", f"letter:{letter.ref}", version=letter.version)
    return signature


def withdraw_signature(session: Session, actor: Actor, *, ref: str) -> Letter:
    """Take one's organisation's name back before the letter is frozen; a first release falls with it."""
    require(actor, Permission.SIGN_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    signature = signature_of(session, letter.id, actor.own_organisation())
    if signature is None or signature.withdrawn_at is not None:
        raise Conflict(lazy("Your organisation has not signed this letter."))
    if letter.state not in OPEN:
        raise Conflict(lazy("This letter is frozen. Ask one of the two people who released it to take it back."))
    signature.withdrawn_at = clock.now(session)
    void_releases(session, letter)
    audit.record(session, actor, "letter signature withdrawn", f"letter:{letter.ref}")
    return letter


def close_signing(session: Session, actor: Actor, *, ref: str) -> Letter:
    """End the time for signing early, by the organisation that wrote the letter."""
    require(actor, Permission.DRAFT_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    if letter.state is not LetterState.SIGNING:
        raise Conflict(lazy("This letter is not open for signing."))
    if actor.is_person and actor.organisation_id != letter.author_organisation_id:
        raise Conflict(lazy("Only the organisation that wrote this letter ends the time for signing."))
    letter.sign_until = min(letter.sign_until or clock.now(session), clock.now(session))
    audit.record(session, actor, "letter signing closed", f"letter:{letter.ref}")
    return letter
