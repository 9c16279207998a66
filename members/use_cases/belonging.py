"""An organisation's coalitions: joined when both sides want it, left by its own word, and one of them its bloc."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_organisation
from members.models import Coalition, CoalitionMembership, JoinRequest, Organisation
from members.queries import coalition_ids_of
from members.rules import ACTING
from members.use_cases.coordinating import require_coordinator
from members.use_cases.history import note
from network_app.core import audit, clock
from network_app.core.db import get, lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require


def ask_to_join(session: Session, actor: Actor, *, coalition_id: uuid.UUID) -> JoinRequest:
    """Ask for my organisation to be in one more coalition; its coordinators answer. NotAllowed, Conflict."""
    require(actor, Permission.MANAGE_MEMBERS)
    return _request(session, actor, actor.own_organisation(), coalition_id, by_coalition=False)


def invite_member(
    session: Session, actor: Actor, *, coalition_id: uuid.UUID, organisation_id: uuid.UUID
) -> JoinRequest:
    """Invite a member of the network into my coalition; its administrators answer. NotAllowed, Conflict."""
    require_coordinator(actor, coalition_id)
    request = _request(session, actor, organisation_id, coalition_id, by_coalition=True)
    name = get(session, Coalition, coalition_id).name
    tell_organisation(
        session, organisation_id, key=f"join:{request.id}", template="coalition_invites", values={"coalition": name}
    )
    return request


def answer_join(session: Session, actor: Actor, *, request_id: uuid.UUID, accept: bool) -> None:
    """Answer for the side that was asked: the coalition's coordinators, or the organisation's administrators.

    Raises NotAllowed, NotFound, Conflict for what was answered or overtaken.
    """
    request = lock(session, JoinRequest, request_id)
    _require_side(actor, request, other=True)
    organisation = lock(session, Organisation, request.organisation_id)
    if request.settled_at is not None:
        raise Conflict(lazy("This was answered already."))
    request.settled_at, request.accepted = clock.now(session), accept
    if accept:
        coalition = get(session, Coalition, request.coalition_id)
        put_inside(session, actor, organisation, coalition, as_bloc=organisation.bloc_id is None)
    session.flush()


def take_back_join(session: Session, actor: Actor, *, request_id: uuid.UUID) -> None:
    """Take a request or an invitation back that was not answered yet. NotAllowed, NotFound, Conflict."""
    request = lock(session, JoinRequest, request_id)
    _require_side(actor, request, other=False)
    if request.settled_at is not None:
        raise Conflict(lazy("This was answered already."))
    request.settled_at = clock.now(session)
    session.flush()
    audit.record(session, actor, "take_back_join", f"join_request:{request.id}")


def leave_coalition(session: Session, actor: Actor, *, coalition_id: uuid.UUID) -> None:
    """Take my organisation out of a coalition. Raises NotAllowed, Conflict if it is not in it."""
    require(actor, Permission.MANAGE_MEMBERS)
    organisation = lock(session, Organisation, actor.own_organisation())
    coalition = get(session, Coalition, coalition_id)
    end_membership(session, actor, organisation, coalition)


def end_membership(session: Session, actor: Actor, organisation: Organisation, coalition: Coalition) -> None:
    """End one membership; the organisation counts in another bloc from the next vote on. Raises Conflict."""
    current = select(CoalitionMembership).where(
        CoalitionMembership.organisation_id == organisation.id,
        CoalitionMembership.coalition_id == coalition.id,
        CoalitionMembership.until.is_(None),
    )
    membership = session.scalar(current)
    if membership is None:
        raise Conflict(lazy("This organisation is not in that coalition."))
    membership.until = clock.fresh_now(session)
    session.flush()
    if organisation.bloc_id == coalition.id:
        left = sorted(coalition_ids_of(session, organisation.id))
        organisation.bloc_id = left[0] if len(left) == 1 else None
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "leave_coalition", {"name": coalition.name})
    note(session, actor, f"coalition:{coalition.id}", "member_left", {"name": organisation.name})


def choose_bloc(session: Session, actor: Actor, *, coalition_id: uuid.UUID) -> None:
    """Choose in which of its coalitions my organisation counts in the network's votes, from the next one on (DOMAIN 1).

    Votes that are open keep the roll that was frozen with them. Raises NotAllowed, Invalid.
    """
    require(actor, Permission.MANAGE_MEMBERS)
    organisation = lock(session, Organisation, actor.own_organisation())
    if coalition_id not in coalition_ids_of(session, organisation.id):
        raise Invalid(lazy("Choose a coalition that your organisation is in."), field="coalition")
    if organisation.bloc_id == coalition_id:
        raise Invalid(lazy("Your organisation counts there already."), field="coalition")
    organisation.bloc_id = coalition_id
    session.flush()
    name = get(session, Coalition, coalition_id).name
    note(session, actor, f"organisation:{organisation.id}", "choose_bloc", {"name": name})


def put_inside(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    coalition: Coalition,
    *,
    as_bloc: bool,
    since: datetime | None = None,
) -> None:
    """Let an organisation be in a coalition from now, or from an earlier moment; both histories say so.

    `as_bloc` makes it the one in which it counts in the network's votes. Raises Conflict if it is in there already.
    """
    if coalition.id in coalition_ids_of(session, organisation.id):
        raise Conflict(lazy("This organisation is in that coalition already."))
    session.add(
        CoalitionMembership(
            id=new_id(),
            organisation_id=organisation.id,
            coalition_id=coalition.id,
            since=since or clock.fresh_now(session),
            folded=organisation.folded,
        )
    )
    if as_bloc:
        organisation.bloc_id = coalition.id
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "join_coalition", {"name": coalition.name})
    note(session, actor, f"coalition:{coalition.id}", "member_joined", {"name": organisation.name})


def _request(
    session: Session, actor: Actor, organisation_id: uuid.UUID, coalition_id: uuid.UUID, *, by_coalition: bool
) -> JoinRequest:
    organisation = lock(session, Organisation, organisation_id)
    coalition = get(session, Coalition, coalition_id)
    if organisation.status not in ACTING or organisation.secretariat:
        raise NotFound()
    if coalition.id in coalition_ids_of(session, organisation.id):
        raise Conflict(lazy("This organisation is in that coalition already."))
    waiting = select(JoinRequest.id).where(
        JoinRequest.organisation_id == organisation.id,
        JoinRequest.coalition_id == coalition.id,
        JoinRequest.settled_at.is_(None),
    )
    if session.scalar(waiting) is not None:
        raise Conflict(lazy("This was asked already and waits for an answer."))
    request = JoinRequest(
        id=new_id(),
        coalition_id=coalition.id,
        organisation_id=organisation.id,
        by_coalition=by_coalition,
        made_at=clock.now(session),
    )
    session.add(request)
    session.flush()
    audit.record(session, actor, "ask_to_join", f"organisation:{organisation.id}", coalition=coalition.id)
    return request


def _require_side(actor: Actor, request: JoinRequest, *, other: bool) -> None:
    if request.by_coalition is other:
        require(actor, Permission.MANAGE_MEMBERS)
        if actor.own_organisation() != request.organisation_id:
            raise NotAllowed()
    else:
        require_coordinator(actor, request.coalition_id)
