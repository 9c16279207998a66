"""Coalitions run themselves: their coordinators are named and ended from inside, and nobody else has a hand in it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_organisation
from members.models import Coalition, CoalitionCoordinator, Person
from members.queries import (
    coalition_ids_of,
    coordinators_of,
    current_mandate,
    get_organisation,
    may_name_coordinator,
    members_of,
    person_by_handle,
)
from members.use_cases.history import note
from network_app.core import clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Duty
from network_app.core.texts import clean_line

NOT_OURSELVES = lazy("Nobody coordinates this coalition now. Name somebody of another organisation; they can name you.")


def require_coordinator(actor: Actor, coalition_id: uuid.UUID | None) -> None:
    """Stop whoever does not coordinate this coalition now; without one, any coalition (DOMAIN 0). NotAllowed.

    Safety: the secretariat serves; it coordinates no coalition, whatever duty it holds.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    allowed = bool(actor.coordinates) if coalition_id is None else coalition_id in actor.coordinates
    if actor.secretariat or not allowed:
        raise NotAllowed()


def name_coordinator(
    session: Session, actor: Actor, *, coalition_id: uuid.UUID, handle: str, organisation_id: uuid.UUID
) -> CoalitionCoordinator:
    """Name one more coordinator: somebody who coordinates for an organisation of this coalition (DOMAIN 1).

    While nobody coordinates it, whoever could be named names somebody of another organisation, and all members are
    told. Raises NotAllowed, Invalid for a person or organisation that cannot be it, Conflict if it is one already.
    """
    coalition = lock(session, Coalition, coalition_id)
    if actor.kind is not ActorKind.SYSTEM and not may_name_coordinator(session, actor, coalition.id):
        raise NotAllowed()
    # Safety: nobody makes themselves a coordinator, and no organisation its own people: it takes two of them.
    anew = actor.is_person and coalition.id not in actor.coordinates
    if anew and organisation_id == actor.organisation_id:
        raise Invalid(NOT_OURSELVES, field="organisation")
    person = person_by_handle(session, handle)
    if person is None or person.frozen_at is not None:
        raise Invalid(lazy("Nobody has this handle. Ask the person how it is written."), field="handle")
    organisation = get_organisation(session, organisation_id)
    if organisation.secretariat or coalition.id not in coalition_ids_of(session, organisation.id):
        raise Invalid(lazy("Choose an organisation that is in this coalition."), field="organisation")
    if current_mandate(session, person.id, organisation.id, Duty.COORDINATE) is None:
        raise Invalid(lazy("This person does not coordinate for that organisation."), field="handle")
    if _current(session, coalition.id, person, organisation.id):
        raise Conflict(lazy("This person coordinates already."))
    row = CoalitionCoordinator(
        id=new_id(),
        coalition_id=coalition.id,
        person_id=person.id,
        organisation_id=organisation.id,
        since=clock.now(session),
        named_by_id=actor.person_id,
    )
    session.add(row)
    session.flush()
    note(session, actor, f"coalition:{coalition.id}", "name_coordinator", {"name": organisation.name})
    _tell(session, row, coalition.name, ended=False)
    if anew:
        _tell_members(session, actor, row, coalition.name)
    return row


def end_coordinator(session: Session, actor: Actor, *, coordinator_id: uuid.UUID) -> None:
    """Let somebody coordinate no longer; it ends at once everywhere.

    Raises NotAllowed, NotFound, Conflict for one who has ended or is the last.
    """
    row = lock(session, CoalitionCoordinator, coordinator_id)
    require_coordinator(actor, row.coalition_id)
    coalition = lock(session, Coalition, row.coalition_id)
    if row.until is not None:
        raise Conflict(lazy("This person coordinates no longer already."))
    others = [other for other in coordinators_of(session, coalition.id) if other.id != row.id]
    if not others:
        raise Conflict(lazy("Name another coordinator first: without one nobody could be named after you."))
    row.until = clock.fresh_now(session)
    session.flush()
    name = get_organisation(session, row.organisation_id).name
    note(session, actor, f"coalition:{coalition.id}", "end_coordinator", {"name": name})
    _tell(session, row, coalition.name, ended=True)


def rename_coalition(session: Session, actor: Actor, *, coalition_id: uuid.UUID, name: str) -> None:
    """Give a coalition another name; its address stays. Raises NotAllowed, Invalid."""
    require_coordinator(actor, coalition_id)
    coalition = lock(session, Coalition, coalition_id)
    title, old = clean_line(name, "name"), coalition.name
    if title == old:
        raise Invalid(lazy("This is its name already."), field="name")
    coalition.name = title
    session.flush()
    note(session, actor, f"coalition:{coalition.id}", "rename_coalition", {"old": old, "new": title})


def _current(session: Session, coalition_id: uuid.UUID, person: Person, organisation_id: uuid.UUID) -> bool:
    held = select(CoalitionCoordinator.id).where(
        CoalitionCoordinator.coalition_id == coalition_id,
        CoalitionCoordinator.person_id == person.id,
        CoalitionCoordinator.organisation_id == organisation_id,
        CoalitionCoordinator.until.is_(None),
    )
    return session.scalar(held) is not None


def _tell_members(session: Session, actor: Actor, row: CoalitionCoordinator, coalition: str) -> None:
    by, organisation = (get_organisation(session, key).name for key in (actor.own_organisation(), row.organisation_id))
    for member in members_of(session, row.coalition_id):
        tell_organisation(
            session,
            member.id,
            key=f"coordinator:{row.id}:anew",
            template="coordinator_anew",
            values={"coalition": coalition, "by": by, "organisation": organisation},
        )


def _tell(session: Session, row: CoalitionCoordinator, coalition: str, *, ended: bool) -> None:
    tell_organisation(
        session,
        row.organisation_id,
        key=f"coordinator:{row.id}:{'ended' if ended else 'named'}",
        template="coordinator_ended" if ended else "coordinator_named",
        values={"coalition": coalition},
    )
