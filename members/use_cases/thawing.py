"""Letting a frozen person back, which takes two people who spoke with the person themselves (DOMAIN 0)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_of_thaw
from members.models import Person, ThawWord
from members.queries import colleagues_of, is_colleague, person_by_email, person_by_handle
from members.use_cases.devices import end_devices
from members.use_cases.factors import forget_factors
from network_app.core import audit, clock, outbox
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind


def thaw_person(session: Session, actor: Actor, *, person_id: uuid.UUID) -> bool:
    """Give one's word that a frozen person may come back; True once it is the second word (DOMAIN 0).

    A word counts from a colleague, from whoever runs the server (one of the two at most), and, where no colleague is
    left who has not given theirs, from people of other organisations, one of each. Sign-ins, tokens and chat links
    stay dead: the person makes new ones. Raises NotAllowed, NotFound, Conflict.
    """
    person = lock(session, Person, person_id)
    given = select(ThawWord).where(ThawWord.person_id == person.id, ThawWord.frozen_at == person.frozen_at)
    words = session.scalars(given).all()
    if not _may_give_word(session, actor, person.id, words):
        raise NotAllowed()
    if person.frozen_at is None:
        raise Conflict(lazy("This person is not frozen."))
    _must_be_another(session, actor, person.id, words)
    _give_word(session, actor, person, person.frozen_at)
    if not words:
        return False
    # Safety: what was half way in when the freeze came, a sign-in or a new passkey, must not wake up with the person.
    forget_factors(session, person)
    end_devices(session, person)
    frozen_at, person.frozen_at = person.frozen_at, None
    session.flush()
    audit.record(session, actor, "thaw_person", f"person:{person.id}")
    _let_mail_go(session, person)
    tell_of_thaw(session, person, frozen_at)
    return True


def _let_mail_go(session: Session, person: Person) -> None:
    """Send what waited because it went to the person's own address; its other conditions are asked again then."""
    for row in outbox.held_mail(session):
        if person_by_email(session, row.recipient) is person:
            outbox.resend(session, row.id)


def thaw_by_handle(session: Session, actor: Actor, *, handle: str) -> bool:
    """Give one's word as thaw_person does, for the person with this handle; raises also Invalid if there is none."""
    person = person_by_handle(session, handle)
    if person is None:
        raise Invalid(lazy("Nobody has this handle. Look again how it is written."), field="handle")
    return thaw_person(session, actor, person_id=person.id)


def thaw_by_operator(session: Session, *, handle: str) -> bool:
    """Give the word of whoever runs the server, one of the two at most; raises as thaw_by_handle."""
    return thaw_by_handle(session, Actor.system(), handle=handle)


def _may_give_word(session: Session, actor: Actor, person_id: uuid.UUID, words: Sequence[ThawWord]) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    if not actor.is_person or actor.person_id == person_id:
        return False
    # Safety: nobody from elsewhere speaks as long as a colleague can; with one colleague alone, after that one.
    silent = colleagues_of(session, person_id) - {word.given_by_id for word in words}
    return is_colleague(session, actor, person_id) or not silent


def _must_be_another(session: Session, actor: Actor, person_id: uuid.UUID, words: Sequence[ThawWord]) -> None:
    """Refuse a second word that is not a second person's, or from elsewhere not a second organisation's."""
    if actor.person_id in {word.given_by_id for word in words}:
        raise Conflict(lazy("You have given your word already. It takes one more colleague."))
    elsewhere = actor.is_person and not is_colleague(session, actor, person_id)
    if elsewhere and actor.organisation_id in {word.organisation_id for word in words}:
        raise Conflict(lazy("Your organisation has given its word already. It takes another one."))


def _give_word(session: Session, actor: Actor, person: Person, frozen_at: datetime) -> None:
    session.add(
        ThawWord(
            id=new_id(),
            person_id=person.id,
            given_by_id=actor.person_id,
            organisation_id=actor.organisation_id,
            frozen_at=frozen_at,
            at=clock.now(session),
        )
    )
    session.flush()
    audit.record(session, actor, "give_thaw_word", f"person:{person.id}")
