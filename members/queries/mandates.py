"""Who may do what for one organisation: now, soon and once, with who named whom; and who was asked in."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from members.models import Invitation, Mandate, Person
from members.queries.people import held_at, in_term
from members.rules import INVITATION_LIFE, WARN_BEFORE_END, InvitationState
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import get
from network_app.core.errors import NotFound

HISTORY = 200


def get_mandate(session: Session, organisation_id: uuid.UUID, mandate_id: uuid.UUID) -> Mandate:
    """Load one of an organisation's mandates; raises NotFound, also for another organisation's."""
    mandate = get(session, Mandate, mandate_id)
    if mandate.organisation_id != organisation_id:
        raise NotFound()
    return mandate


def mandates_of(session: Session, organisation_id: uuid.UUID) -> Sequence[Mandate]:
    """List the mandates that hold, wait for an absence or begin later, frozen people's too, by handle."""
    ahead = or_(Mandate.until.is_(None), Mandate.until > clock.now(session))
    return session.scalars(_with_names().where(Mandate.organisation_id == organisation_id, ahead)).all()


def usable_mandates(session: Session, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Return which of an organisation's mandates may be used at this moment, as ids."""
    usable = select(Mandate.id).where(Mandate.organisation_id == organisation_id, held_at(clock.now(session)))
    return set(session.scalars(usable))


def ended_mandates(session: Session, organisation_id: uuid.UUID) -> Sequence[Mandate]:
    """List the mandates that have ended, the latest first."""
    over = _with_names().where(Mandate.organisation_id == organisation_id, Mandate.until <= clock.now(session))
    return session.scalars(over.order_by(None).order_by(Mandate.until.desc(), Mandate.id).limit(HISTORY)).all()


def mandates_ending_soon(session: Session) -> Sequence[tuple[Mandate, datetime]]:
    """List the mandates whose last day comes within two weeks, and when they end."""
    now = clock.now(session)
    soon = _with_names().join(Person, Person.id == Mandate.person_id).where(Person.frozen_at.is_(None))
    rows = session.scalars(soon.where(in_term(now), Mandate.until <= now + WARN_BEFORE_END))
    return [(mandate, mandate.until) for mandate in rows if mandate.until is not None]


def _with_names() -> Select[Mandate]:
    names = (selectinload(Mandate.person), selectinload(Mandate.granted_by), selectinload(Mandate.ended_by))
    return select(Mandate).options(*names).order_by(Mandate.since, Mandate.id)


def invitation_hash(token: str) -> str:
    """Return what is stored for an invitation's link."""
    return keyed_hash("invitation", token)


def invitation_by_token(session: Session, token: str) -> Invitation | None:
    """Find the invitation that a link stands for."""
    return session.scalar(select(Invitation).where(Invitation.token_hash == invitation_hash(token)))


def invitation_state(session: Session, invitation: Invitation | None) -> InvitationState:
    """Say whether an invitation still lets somebody in, and if not, why."""
    if invitation is None:
        return InvitationState.UNKNOWN
    if invitation.used_at is not None:
        return InvitationState.USED
    if invitation.recalled_at is not None:
        return InvitationState.RECALLED
    over = clock.now(session) >= invitation.made_at + INVITATION_LIFE
    return InvitationState.EXPIRED if over else InvitationState.OPEN


def open_invitations(session: Session, organisation_id: uuid.UUID) -> Sequence[Invitation]:
    """List an organisation's invitations that still let somebody in, the latest first."""
    waiting = select(Invitation).where(
        Invitation.organisation_id == organisation_id,
        Invitation.used_at.is_(None),
        Invitation.recalled_at.is_(None),
        Invitation.made_at > clock.now(session) - INVITATION_LIFE,
    )
    return session.scalars(
        waiting.options(selectinload(Invitation.made_by)).order_by(Invitation.made_at.desc(), Invitation.id)
    ).all()
