"""What an organisation says about itself, how it is reached, and its word that it leaves."""

import uuid
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from members.models import Coalition, ContactPoint, Organisation
from members.queries import coalition_ids_of
from members.rules import (
    ACTING,
    ContactKind,
    ContactPurpose,
    OrganisationStatus,
    Side,
    check_transition,
    clean_address,
)
from members.use_cases.admitting import clean_languages, one_of
from members.use_cases.belonging import end_membership
from members.use_cases.history import note
from network_app.core import audit, clock
from network_app.core.db import get, lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_language, clean_line, clean_text

MOST_CONTACT_POINTS = 12


def change_profile(
    session: Session, actor: Actor, *, side: str, languages: Iterable[str], monthly_call_cap: int
) -> None:
    """Change what my organisation declares itself: its side, its languages, how often it may be asked (DOMAIN 1).

    Nobody else can: a side decides where its vote counts. Open votes keep their roll. Raises NotAllowed, Invalid.
    """
    organisation = _own(session, actor)
    if not 0 <= monthly_call_cap <= 100:
        raise Invalid(lazy("Write a number from 0 to 100."), field="monthly_call_cap")
    organisation.side = one_of(Side, side, "side")
    organisation.languages = clean_languages(languages)
    organisation.monthly_call_cap = monthly_call_cap
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "change_profile")


def declare_family(session: Session, actor: Actor, *, family: str) -> None:
    """Say to which parent my organisation belongs; an affiliate that is there already has to confirm it.

    Empty leaves the family. Raises NotAllowed, Invalid.
    Safety: affiliates share one vote, so whoever could join a family alone could take its vote over.
    """
    organisation = _own(session, actor)
    name = clean_line(family, "family", required=False)
    subject, old = f"organisation:{organisation.id}", organisation.family
    organisation.family_asked = None
    if name and name != old:
        there = select(Organisation.id).where(Organisation.family == name, Organisation.status.in_(ACTING)).limit(1)
        taken = session.scalar(there) is not None
        organisation.family, organisation.family_asked = (old, name) if taken else (name, None)
        session.flush()
        note(session, actor, subject, "ask_family", {"name": name})
    elif not name and old:
        organisation.family = None
        session.flush()
        note(session, actor, subject, "leave_family", {"name": old})
    else:
        session.flush()


def confirm_family(session: Session, actor: Actor, *, organisation_id: uuid.UUID) -> None:
    """Confirm that another organisation belongs to my organisation's family. Raises NotAllowed, Conflict."""
    own = _own(session, actor)
    other = lock(session, Organisation, organisation_id)
    if own.family is None or other.id == own.id:
        raise NotAllowed()
    if other.family_asked != own.family:
        raise Conflict(lazy("It does not ask for this any more."))
    other.family, other.family_asked = own.family, None
    session.flush()
    note(session, actor, f"organisation:{other.id}", "confirm_family", {"name": own.family})


def add_contact_point(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    value: str,
    purpose: str,
    language: str,
    safe_note: str = "",
) -> ContactPoint:
    """Add a way to reach my organisation, with what to heed when using it. Raises NotAllowed, Invalid, Conflict."""
    organisation = _own(session, actor)
    ids = session.scalars(select(ContactPoint.id).where(ContactPoint.organisation_id == organisation.id)).all()
    if len(ids) >= MOST_CONTACT_POINTS:
        raise Conflict(lazy("Remove a contact point first: there are as many as anybody will read."))
    way = one_of(ContactKind, kind, "kind")
    point = ContactPoint(
        id=new_id(),
        organisation_id=organisation.id,
        kind=way,
        purpose=one_of(ContactPurpose, purpose, "purpose"),
        language=clean_language(language, "language"),
        made_at=clock.now(session),
    )
    point.value = clean_address(value, "value") if way is ContactKind.MAIL else clean_line(value, "value")
    point.note = clean_text(safe_note, "safe_note", longest=1000, required=False)
    session.add(point)
    session.flush()
    audit.record(session, actor, "add_contact_point", f"organisation:{organisation.id}", kind=way)
    return point


def remove_contact_point(session: Session, actor: Actor, *, point_id: uuid.UUID) -> None:
    """Remove a way to reach my organisation; nothing of it is kept. Raises NotAllowed, NotFound."""
    organisation = _own(session, actor)
    point = get(session, ContactPoint, point_id)
    if point.organisation_id != organisation.id:
        raise NotAllowed()
    session.execute(delete(ContactPoint).where(ContactPoint.id == point.id))
    audit.record(session, actor, "remove_contact_point", f"organisation:{organisation.id}", kind=point.kind)


def leave_network(session: Session, actor: Actor, *, name: str) -> None:
    """End my organisation's membership at once; its name is typed to be sure. What it did and cast stays.

    Raises NotAllowed, Invalid for another name.
    """
    organisation = _own(session, actor)
    if name.strip() != organisation.name:
        raise Invalid(lazy("Type the name of the organisation exactly, to be sure."), field="name")
    check_transition(organisation.status, OrganisationStatus.LEFT)
    for coalition_id in sorted(coalition_ids_of(session, organisation.id)):
        end_membership(session, actor, organisation, get(session, Coalition, coalition_id))
    organisation.status, organisation.bloc_id = OrganisationStatus.LEFT, None
    session.execute(delete(ContactPoint).where(ContactPoint.organisation_id == organisation.id))
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "leave_network")


def _own(session: Session, actor: Actor) -> Organisation:
    require(actor, Permission.MANAGE_MEMBERS)
    return lock(session, Organisation, actor.own_organisation())
