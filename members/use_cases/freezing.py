"""Cutting off a person whose phone was seized, at once and everywhere."""

import uuid

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from members.messages import tell_of_freeze
from members.models import ChatIdentity, LinkCode, Person, SignIn
from members.queries import organisations_of
from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, NotAllowed
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
    session.flush()
    audit.record(session, actor, "freeze_person", f"person:{person.id}")
    tell_of_freeze(session, person)
    return person


def _may_freeze(session: Session, actor: Actor, person: Person) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    colleagues = {organisation.id for organisation in organisations_of(session, person.id)}
    return actor.is_person and (actor.person_id == person.id or actor.organisation_id in colleagues)
