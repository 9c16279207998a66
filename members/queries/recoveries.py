"""Who waits for a new way in, who vouched, and who may vouch."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from members.models import Application, Person, Recovery, Sponsor, VoucherWord
from members.queries.organisations import coalition_ids_of
from members.queries.people import is_colleague, organisations_of, people_in
from members.rules import VOUCHED_OPEN
from network_app.core import clock
from network_app.core.permissions import Actor, Duty


def open_recovery(session: Session, person_id: uuid.UUID) -> Recovery | None:
    """Find the recovery of a person that was neither stopped nor used and has not lapsed."""
    return session.scalar(_open(session).where(Recovery.person_id == person_id))


def recoveries_in(session: Session, organisation_id: uuid.UUID) -> Sequence[tuple[Recovery, Person]]:
    """List the recoveries that wait among an organisation's people, so that a colleague can stop a false one."""
    theirs = _open(session).where(Recovery.person_id.in_(people_in(session, organisation_id)))
    rows = session.scalars(theirs.order_by(Recovery.begun_at)).all()
    return [(row, session.get_one(Person, row.person_id)) for row in rows]


def words_for(session: Session, recovery_id: uuid.UUID) -> Sequence[VoucherWord]:
    """List the words given for a recovery."""
    return session.scalars(select(VoucherWord).where(VoucherWord.recovery_id == recovery_id)).all()


def sponsors_of(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    """The organisations that vouched for the organisations of this person when they were admitted."""
    own = [organisation.id for organisation in organisations_of(session, person_id)]
    vouched = (
        select(Sponsor.organisation_id)
        .join(Application, Application.id == Sponsor.application_id)
        .where(Application.organisation_id.in_(own), Sponsor.vouches)
    )
    return set(session.scalars(vouched))


def may_vouch(session: Session, actor: Actor, person_id: uuid.UUID) -> bool:
    """Whether the actor's word counts: a co-delegate's, or that of somebody from a sponsor (DOMAIN 1).

    An organisation of the first circle has no sponsors: who coordinates its coalition stands in for them.
    """
    if not actor.is_person or actor.person_id == person_id or not actor.duties - {Duty.FILE}:
        return False
    if is_colleague(session, actor, person_id):
        return True
    sponsors = sponsors_of(session, person_id)
    return actor.organisation_id in sponsors if sponsors else _coordinates(session, actor, person_id)


def _coordinates(session: Session, actor: Actor, person_id: uuid.UUID) -> bool:
    theirs = organisations_of(session, person_id)
    return any(actor.coordinates & coalition_ids_of(session, organisation.id) for organisation in theirs)


def _open(session: Session) -> Select[Recovery]:
    now = clock.now(session)
    waiting = and_(Recovery.ready_at.is_(None), Recovery.begun_at > now - VOUCHED_OPEN)
    ready = and_(Recovery.ready_at.is_not(None), Recovery.ready_at > now - VOUCHED_OPEN)
    unsettled = (Recovery.stopped_at.is_(None), Recovery.done_at.is_(None))
    return select(Recovery).where(*unsettled, or_(waiting, ready))
