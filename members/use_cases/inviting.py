"""Asking somebody in: a link that works once, for 72 hours, under the mandate of whoever made it (DOMAIN 1)."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from members.messages import tell_of_invitation
from members.models import Invitation, Person
from members.queries import actor_for, invitation_by_token, invitation_hash, invitation_state
from members.queries.organisations import zone_of_organisation
from members.rules import InvitationState, clean_address, term
from members.use_cases.mandates import grant_mandate
from members.use_cases.people import add_person, is_taken
from network_app.core import audit, clock
from network_app.core.config import current
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Duty, Permission, require
from network_app.core.texts import clean_line

REFUSALS = {
    InvitationState.EXPIRED: lazy("This invitation is older than 72 hours. Ask for a new one."),
    InvitationState.USED: lazy("This invitation was used already. If that was you, sign in; if not, say so at once."),
    InvitationState.RECALLED: lazy("This invitation was taken back. Ask whoever gave it to you."),
    InvitationState.UNKNOWN: lazy("This link is not one of ours, or a part of it is missing. Copy all of it."),
}

MAKER_GONE = lazy("Whoever invited you may not do so any more. Ask the organisation for a new invitation.")


def make_invitation(
    session: Session,
    actor: Actor,
    *,
    note: str,
    duties: Iterable[Duty],
    email: str | None = None,
    last_day: date | None = None,
    alternate: bool = False,
) -> str:
    """Make a link by which one person comes to act for my organisation, and return it; it is stored nowhere.

    With `email` the link also leaves by mail. `note` says who is meant, in words that only we understand. Raises
    NotAllowed for who is no administrator, and Invalid.
    """
    require(actor, Permission.MANAGE_MEMBERS)
    term(clock.now(session), None, last_day, zone_of_organisation(session, actor.own_organisation()))
    chosen = list(dict.fromkeys(duties))
    if not chosen:
        raise Invalid(lazy("Choose at least one thing that the person may do for us."), field="duties")
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        id=new_id(),
        organisation_id=actor.own_organisation(),
        token_hash=invitation_hash(token),
        note=clean_line(note, "note", longest=60),
        duties=[duty.value for duty in chosen],
        alternate=alternate,
        last_day=last_day,
        made_at=clock.now(session),
        made_by_id=actor.own_person(),
    )
    invitation.email = clean_address(email) if email else None
    session.add(invitation)
    session.flush()
    audit.record(session, actor, "make_invitation", f"invitation:{invitation.id}", duties=invitation.duties)
    link = f"{current().public_url}/invited/{token}"
    if email:
        tell_of_invitation(session, invitation, link)
    return link


def recall_invitation(session: Session, actor: Actor, *, invitation_id: uuid.UUID) -> None:
    """Take an invitation back that nobody has used yet; raises NotAllowed, NotFound, Conflict."""
    require(actor, Permission.MANAGE_MEMBERS)
    invitation = lock(session, Invitation, invitation_id)
    if invitation.organisation_id != actor.own_organisation():
        raise NotAllowed()
    if invitation.used_at or invitation.recalled_at:
        raise Conflict(lazy("This invitation was used or taken back already."))
    invitation.recalled_at = clock.now(session)
    session.flush()
    audit.record(session, actor, "recall_invitation", f"invitation:{invitation.id}")


def join_by_invitation(
    session: Session, *, token: str, handle: str, email: str, password: str, language: str = "en"
) -> Person | None:
    """Come in as a new person with the mandates of the invitation; None if an account has this address already.

    A None must be committed, so that nobody tries out addresses with one link. Raises GateShut saying what to do next
    if the link lets nobody in, Invalid and Conflict naming the field, and TooMany.
    """
    invitation = _hold(session, token)
    if is_taken(session, email, link_id=invitation.id):
        return None
    person = add_person(
        session, Actor.system(), handle=handle, email=clean_address(email), language=language, password=password
    )
    _use(session, invitation, person)
    return person


def accept_invitation(session: Session, actor: Actor, *, token: str) -> uuid.UUID:
    """Act for one more organisation with the account I have; returns the organisation.

    Raises GateShut saying what to do next if the link lets nobody in, and Conflict if I hold those mandates already.
    """
    invitation = _hold(session, token)
    _use(session, invitation, lock(session, Person, actor.own_person()))
    return invitation.organisation_id


def _hold(session: Session, token: str) -> Invitation:
    """Load an invitation so that nobody else uses it meanwhile, if it still lets somebody in."""
    found = invitation_by_token(session, token)
    invitation = None if found is None else lock(session, Invitation, found.id)
    clock.fresh_now(session)
    state = invitation_state(session, invitation)
    if invitation is None or state is not InvitationState.OPEN:
        raise GateShut(REFUSALS[state])
    return invitation


def _use(session: Session, invitation: Invitation, person: Person) -> None:
    """Give what the invitation promised, by the right of whoever made it, as it stands at this moment."""
    try:
        maker = actor_for(session, invitation.made_by_id, invitation.organisation_id)
        require(maker, Permission.MANAGE_MEMBERS)
    except NotAllowed:
        # Safety: a link must not outlive the mandate under which it was made.
        raise GateShut(MAKER_GONE) from None
    invitation.used_at, invitation.used_by_id = clock.now(session), person.id
    session.flush()
    for duty in invitation.duties:
        grant_mandate(
            session,
            maker,
            person_id=person.id,
            organisation_id=invitation.organisation_id,
            duty=Duty(duty),
            last_day=_last_day(session, invitation),
            alternate=invitation.alternate,
        )
    newcomer = actor_for(session, person.id, invitation.organisation_id)
    audit.record(session, newcomer, "accept_invitation", f"invitation:{invitation.id}")


def _last_day(session: Session, invitation: Invitation) -> date | None:
    today = clock.now(session).astimezone(zone_of_organisation(session, invitation.organisation_id)).date()
    if invitation.last_day and invitation.last_day < today:
        raise GateShut(lazy("What you were invited for is over. Ask the organisation for a new invitation."))
    return invitation.last_day
