"""Cutting off a person whose phone was seized, at once and everywhere; and letting them back, which takes two."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from members.messages import tell_of_freeze
from members.models import ChatIdentity, LinkCode, Person, SignIn, ThawWord
from members.queries import organisations_of, person_by_handle
from members.use_cases.tokens import revoke_tokens_of
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind


def freeze_person(session: Session, actor: Actor, *, person_id: uuid.UUID) -> Person:
    """End every sign-in, chat link, code and right of a person; what the person cast stands (DOMAIN 1).

    Anyone who acts for the same organisation may do it, also for themselves. Raises NotAllowed, NotFound, Conflict.
    """
    person = lock(session, Person, person_id)
    if not _may_freeze(session, actor, person):
        raise NotAllowed()
    if person.frozen_at is not None:
        raise Conflict(lazy("This person is frozen already."))
    now = clock.fresh_now(session)
    person.frozen_at = now
    ended = update(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
    session.execute(ended.values(revoked_at=now))
    session.execute(delete(ChatIdentity).where(ChatIdentity.person_id == person.id))
    session.execute(delete(LinkCode).where(LinkCode.person_id == person.id))
    revoke_tokens_of(session, person_id=person.id)
    session.flush()
    audit.record(session, actor, "freeze_person", f"person:{person.id}")
    tell_of_freeze(session, person)
    return person


def freeze_by_operator(session: Session, *, handle: str) -> Person:
    """Freeze a person because a colleague telephoned whoever runs the server; raises NotFound, Conflict."""
    person = person_by_handle(session, handle)
    if person is None:
        raise NotFound()
    return freeze_person(session, Actor.system(), person_id=person.id)


def thaw_person(session: Session, actor: Actor, *, person_id: uuid.UUID) -> bool:
    """Give one's word that a frozen person may come back; True once a second colleague has given theirs (DOMAIN 0).

    Sign-ins and chat links stay dead: the person makes new ones. Raises NotAllowed, NotFound, Conflict.
    """
    person = lock(session, Person, person_id)
    if not actor.is_person or not _is_colleague(session, actor, person):
        raise NotAllowed()
    if person.frozen_at is None:
        raise Conflict(lazy("This person is not frozen."))
    given = select(ThawWord.given_by_id).where(ThawWord.person_id == person.id, ThawWord.frozen_at == person.frozen_at)
    words = set(session.scalars(given))
    if actor.own_person() in words:
        raise Conflict(lazy("You have given your word already. It takes one more colleague."))
    _give_word(session, actor, person, person.frozen_at)
    if not words:
        return False
    person.frozen_at = None
    session.flush()
    audit.record(session, actor, "thaw_person", f"person:{person.id}")
    return True


def _give_word(session: Session, actor: Actor, person: Person, frozen_at: datetime) -> None:
    session.add(
        ThawWord(
            id=new_id(),
            person_id=person.id,
            given_by_id=actor.own_person(),
            frozen_at=frozen_at,
            at=clock.now(session),
        )
    )
    session.flush()
    audit.record(session, actor, "give_thaw_word", f"person:{person.id}")


def _may_freeze(session: Session, actor: Actor, person: Person) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    return actor.is_person and (actor.person_id == person.id or _is_colleague(session, actor, person))


def _is_colleague(session: Session, actor: Actor, person: Person) -> bool:
    theirs = {organisation.id for organisation in organisations_of(session, person.id)}
    return actor.person_id != person.id and actor.organisation_id in theirs
