"""Cutting off a person whose phone was seized, at once and everywhere.

What was cast stands: freezing stops future acts only (DOMAIN 1). Letting back is in thawing.py.
"""

import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from members.messages import tell_of_freeze, tell_of_freeze_word
from members.models import FreezeWord, Invitation, Person
from members.queries import is_colleague, person_by_handle
from members.rules import FREEZE_WORD_LIFE
from members.use_cases.devices import end_devices
from members.use_cases.factors import forget_factors
from network_app.core import audit, clock, outbox
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind


def freeze_person(session: Session, actor: Actor, *, person_id: uuid.UUID) -> Person:
    """End every sign-in, token, chat link, code and right of a person; what the person cast stands (DOMAIN 1).

    Anyone who acts for the same organisation may do it, also for themselves. Raises NotAllowed, NotFound, Conflict.
    """
    person = lock(session, Person, person_id)
    if actor.kind is not ActorKind.SYSTEM and not (
        actor.is_person and (actor.person_id == person.id or is_colleague(session, actor, person.id))
    ):
        raise NotAllowed()
    _freeze(session, actor, person)
    return person


def freeze_by_operator(session: Session, *, handle: str) -> Person:
    """Freeze a person because a colleague telephoned whoever runs the server; raises NotFound, Conflict."""
    person = person_by_handle(session, handle)
    if person is None:
        raise NotFound()
    return freeze_person(session, Actor.system(), person_id=person.id)


def ask_to_freeze(session: Session, actor: Actor, *, handle: str) -> Person:
    """Say that a person's phone is in the wrong hands; the person comes back frozen or not yet.

    A colleague's word freezes at once. From elsewhere it takes a second word, of another organisation, within a day;
    the first is told to the person's own organisations, any of whose people may freeze at once. Raises Invalid for the
    handle and Conflict if my organisation has said so already or the person is frozen.
    """
    found = person_by_handle(session, handle)
    if found is None:
        raise Invalid(lazy("Nobody has this handle. Look again how it is written."), field="handle")
    person = lock(session, Person, found.id)
    if actor.person_id == person.id or is_colleague(session, actor, person.id):
        return freeze_person(session, actor, person_id=person.id)
    if person.frozen_at is not None:
        raise Conflict(lazy("This person is frozen already."))
    words = _words_of_organisations(session, person.id)
    if actor.own_organisation() in words:
        raise Conflict(lazy("Your organisation has said so already. It takes one more, from another organisation."))
    _give_word(session, actor, person)
    if words:
        _freeze(session, actor, person)
    return person


def _words_of_organisations(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    fresh = FreezeWord.at > clock.fresh_now(session) - FREEZE_WORD_LIFE
    given = select(FreezeWord.organisation_id).where(FreezeWord.person_id == person_id, fresh)
    return set(session.scalars(given))


def _give_word(session: Session, actor: Actor, person: Person) -> None:
    word = FreezeWord(
        id=new_id(),
        person_id=person.id,
        given_by_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        at=clock.now(session),
    )
    session.add(word)
    session.flush()
    audit.record(session, actor, "give_freeze_word", f"person:{person.id}")
    tell_of_freeze_word(session, person, word.organisation_id, word.id)


def _freeze(session: Session, actor: Actor, person: Person) -> None:
    if person.frozen_at is not None:
        raise Conflict(lazy("This person is frozen already."))
    now = clock.fresh_now(session)
    person.frozen_at = now
    _cut_off(session, person)
    session.flush()
    audit.record(session, actor, "freeze_person", f"person:{person.id}")
    tell_of_freeze(session, person)


def _cut_off(session: Session, person: Person) -> None:
    """End every way in that the person has, or gave to somebody else, and take back what is on its way to them."""
    now = clock.now(session)
    # Safety: whoever holds the phone holds its app, its passkeys and perhaps the password; after thawing only the codes
    # on paper or two vouchers let the person in again.
    forget_factors(session, person)
    end_devices(session, person)
    session.execute(delete(FreezeWord).where(FreezeWord.person_id == person.id))
    # Safety: whoever holds the phone may have asked friends in.
    waiting = (Invitation.made_by_id == person.id, Invitation.used_at.is_(None), Invitation.recalled_at.is_(None))
    session.execute(update(Invitation).where(*waiting).values(recalled_at=now))
    outbox.recall_from(session, recipients=[f"dm:{person.id}"])
    if person.email:
        # Only what is for this person: the address may be an office's, which goes on being told.
        outbox.recall_from(session, recipients=[person.email], key_part=f":{person.id}:")
