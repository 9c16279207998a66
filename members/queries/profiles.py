"""What stands on an organisation's profile, and who may see how it is reached."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import ContactPoint, FormerName, Organisation
from members.queries.organisations import coalition_ids_of
from members.rules import ACTING, ContactPurpose
from network_app.core import audit
from network_app.core.permissions import Actor


def may_see_contacts(session: Session, actor: Actor, organisation_id: uuid.UUID) -> bool:
    """Say who sees how an organisation is reached: its people, its coalitions' coordinators, the secretariat.

    Safety: a list of telephones and houses of organisers is what police ask for first.
    """
    if actor.organisation_id == organisation_id or actor.secretariat:
        return actor.is_person
    return bool(actor.coordinates and actor.coordinates & coalition_ids_of(session, organisation_id))


def contact_points(session: Session, organisation_id: uuid.UUID) -> Sequence[ContactPoint]:
    """List the ways to reach an organisation, the urgent ones first. Ask `may_see_contacts` before."""
    chosen = select(ContactPoint).where(ContactPoint.organisation_id == organisation_id)
    order = [ContactPurpose.DANGER, ContactPurpose.NOTICES, ContactPurpose.OTHER]
    return sorted(session.scalars(chosen.order_by(ContactPoint.made_at)), key=lambda point: order.index(point.purpose))


def former_names(session: Session, organisation_id: uuid.UUID) -> Sequence[FormerName]:
    """List what an organisation was called, the latest first."""
    chosen = select(FormerName).where(FormerName.organisation_id == organisation_id)
    return session.scalars(chosen.order_by(FormerName.until.desc())).all()


def affiliates(session: Session, organisation: Organisation) -> Sequence[Organisation]:
    """List the other acting members of an organisation's family, by name."""
    if not organisation.family:
        return []
    chosen = select(Organisation).where(
        Organisation.family == organisation.family,
        Organisation.id != organisation.id,
        Organisation.status.in_(ACTING),
    )
    return session.scalars(chosen.order_by(Organisation.folded).limit(100)).all()


def asking_to_be_family(session: Session, organisation: Organisation) -> Sequence[Organisation]:
    """List who says that it belongs to this organisation's family and waits for a word."""
    if not organisation.family:
        return []
    chosen = select(Organisation).where(
        Organisation.family_asked == organisation.family, Organisation.status.in_(ACTING)
    )
    return session.scalars(chosen.order_by(Organisation.folded)).all()


def used_decisions(session: Session, organisation_id: uuid.UUID) -> set[str]:
    """Return the references of the votes by which an organisation was suspended or came back already."""
    entries = audit.links(session, f"organisation:{organisation_id}")
    return {ref for entry in entries for ref in str(entry.body.get("refs", "")).split(", ") if ref}
