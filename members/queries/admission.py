"""Where applications stand: who vouched, whom the notice reached, who objects."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from members.models import Application, Mandate, Objection, Organisation, Sponsor
from members.queries.coalitions import coordinators_of, members_of
from members.queries.organisations import coalition_ids_of, coalitions
from members.rules import ACTING, INVITATION_LIFE_OF_BODIES, OBJECTION_TIME, RUNNING, ApplicationState
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import get_by_ref
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Actor


def application_hash(token: str) -> str:
    """Return what is stored for an applicant's private link."""
    return keyed_hash("application", token)


def application_by_token(session: Session, token: str) -> Application | None:
    """Find the application that a private link stands for."""
    return session.scalar(select(Application).where(Application.token_hash == application_hash(token)))


def is_too_old(session: Session, application: Application) -> bool:
    """Say whether the invitation to apply has lapsed before anybody used it."""
    over = clock.now(session) > application.made_at + INVITATION_LIFE_OF_BODIES
    return application.state is ApplicationState.INVITED and over


def has_begun(session: Session, application: Application) -> bool:
    """Say whether somebody acts, or once acted, for the body that was admitted: its link makes one first person."""
    theirs = select(Mandate.id).where(Mandate.organisation_id == application.organisation_id).limit(1)
    return session.scalar(theirs) is not None


def get_application(session: Session, ref: str) -> Application:
    """Load an application by its reference. Raises NotFound."""
    return get_by_ref(session, Application, ref)


def applications(session: Session, coalition_id: uuid.UUID | None = None) -> Sequence[Application]:
    """List the applications that run, and those decided lately, the newest first; of one coalition if given."""
    shown = [state for state in ApplicationState if state is not ApplicationState.INVITED]
    chosen = select(Application).where(Application.state.in_(shown)).options(selectinload(Application.organisation))
    if coalition_id is not None:
        chosen = chosen.where(Application.coalition_id == coalition_id)
    return session.scalars(chosen.order_by(Application.made_at.desc()).limit(50)).all()


def applications_running(session: Session) -> Sequence[Application]:
    """List the applications that time or a vote moves on, the oldest first."""
    chosen = select(Application).where(Application.state.in_(RUNNING))
    return session.scalars(chosen.order_by(Application.made_at, Application.id)).all()


def sponsors_of(session: Session, application: Application) -> Sequence[Sponsor]:
    """List who was asked to vouch or did."""
    chosen = select(Sponsor).where(Sponsor.application_id == application.id).options(selectinload(Sponsor.organisation))
    return session.scalars(chosen.order_by(Sponsor.answered_at, Sponsor.id)).all()


def application_voices(session: Session, application: Application) -> set[str]:
    """Return who vouches, affiliates of one family as one."""
    rows = [row.organisation for row in sponsors_of(session, application) if row.vouches]
    return {f"family:{row.family}" if row.family else str(row.id) for row in rows if row.status in ACTING}


def may_sponsor(session: Session, application: Application, organisation_id: uuid.UUID) -> bool:
    """Say whether an organisation has a voice on this application: a member of its coalition, never the secretariat."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.secretariat or organisation.status not in ACTING:
        return False
    return application.coalition_id is None or application.coalition_id in coalition_ids_of(session, organisation_id)


def has_voice(session: Session, actor: Actor, application: Application) -> bool:
    """Say whether this person's organisation may vouch or object; on a direct member only coordinators may."""
    if actor.organisation_id is None or (application.coalition_id is None and not actor.coordinates):
        return False
    return may_sponsor(session, application, actor.organisation_id)


def standing_objections(session: Session, application: Application) -> Sequence[Objection]:
    """List the objections that were not taken back."""
    chosen = select(Objection).where(Objection.application_id == application.id, Objection.withdrawn_at.is_(None))
    return session.scalars(chosen.options(selectinload(Objection.organisation)).order_by(Objection.at)).all()


@dataclass(frozen=True)
class Notice:
    """Whom the notice of an application reached; `delivered_at` is the moment from which the time to object counts."""

    told: int
    reached: int
    waiting: int
    delivered_at: datetime | None


def notice_recipients(session: Session, application: Application) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """List the organisations, or for a direct member the coordinators of all coalitions, that are told."""
    if application.coalition_id is not None:
        return [row.id for row in members_of(session, application.coalition_id)], []
    people = {row.person_id for coalition in coalitions(session) for row in coordinators_of(session, coalition.id)}
    return [], sorted(people)


def notice_of(session: Session, application: Application) -> Notice:
    """Read from the outbox whom the notice reached: one message that left is enough for each (DOMAIN 0).

    Whom nothing can reach does not hold the others up: its messages failed, or it stayed silent for a whole time.
    """
    prefix = f"application:{application.id}:notice:"
    rows = session.scalars(select(Outgoing).where(Outgoing.key.startswith(prefix, autoescape=True)))
    states: dict[str, list[Outgoing]] = defaultdict(list)
    for row in rows:
        states[row.key.removeprefix(prefix).split(":")[0]].append(row)
    sent = [min(r.sent_at for r in found if r.sent_at) for found in states.values() if any(r.sent_at for r in found)]
    lost = sum(all(r.state is State.FAILED for r in found) for found in states.values())
    waiting = len(states) - len(sent) - lost
    limit = application.told_at + OBJECTION_TIME if application.told_at else None
    late = limit is not None and clock.now(session) >= limit
    done = bool(sent) and (waiting == 0 or late)
    moment = max(sent) if done and waiting == 0 else limit if done else None
    return Notice(len(states), len(sent), waiting, moment)
