"""A body asks to become a member: invited or entered by a coordinator, vouched for by two, told to all (DOMAIN 0)."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_applicant, tell_of_application, tell_organisation
from members.models import Application, Coalition, Organisation, Person, Sponsor
from members.queries import (
    application_hash,
    application_voices,
    get_application,
    has_begun,
    is_too_old,
    may_sponsor,
)
from members.rules import (
    SPONSORS,
    ApplicationState,
    OrganisationStatus,
    check_step,
    clean_address,
)
from members.use_cases.admitting import new_organisation
from members.use_cases.coordinating import require_coordinator
from members.use_cases.history import note
from members.use_cases.mandates import grant_mandate
from members.use_cases.people import add_person, is_taken
from network_app.core import audit, clock
from network_app.core.config import current
from network_app.core.db import get, lock, new_id
from network_app.core.errors import Conflict, GateShut, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Duty
from network_app.core.refs import new_ref
from network_app.core.texts import clean_language, clean_text

TOO_OLD = lazy("This invitation is too old. Ask whoever sent it for a new one.")
BEGUN = lazy(
    "Somebody began with this link already. If that was one of you, sign in and invite the others; if not, tell the "
    "coordinators of your coalition at once."
)


@dataclass(frozen=True)
class Wish:
    """What a body says about itself when it asks to become a member."""

    name: str
    kind: str
    country: str
    side: str
    languages: Iterable[str]
    about: str


def invite_body(
    session: Session, actor: Actor, *, coalition_id: uuid.UUID | None, email: str, language: str = "en"
) -> tuple[Application, str]:
    """Invite a body to apply to my coalition, or to be a direct member, by mail; returns its link, stored nowhere.

    Raises NotAllowed for who coordinates no coalition, NotFound, Invalid.
    """
    require_coordinator(actor, coalition_id)
    application, token = _new(session, actor, coalition_id, email, language)
    note(session, actor, application.chain, "invite_body")
    link = f"{current().public_url}/apply/{token}"
    tell_applicant(session, application, template="invited_to_apply", key="invited", link=link)
    return application, link


def enter_application(
    session: Session,
    actor: Actor,
    *,
    coalition_id: uuid.UUID | None,
    email: str,
    wish: Wish,
    sponsors: Iterable[uuid.UUID] = (),
    language: str = "en",
) -> tuple[Application, str]:
    """Enter an application that reached me another way; the body gets a link to follow it by. Raises as invite_body."""
    require_coordinator(actor, coalition_id)
    application, token = _new(session, actor, coalition_id, email, language)
    _submit(session, actor, application, wish)
    for organisation_id in dict.fromkeys(sponsors):
        ask_sponsor(session, actor, ref=application.ref, organisation_id=organisation_id)
    link = f"{current().public_url}/apply/{token}"
    tell_applicant(session, application, template="application_entered", key="entered", link=link)
    return application, link


def apply(session: Session, *, token: str, wish: Wish) -> Application:
    """Apply, with the link of an invitation. Raises NotFound, GateShut for an old link, Conflict, Invalid."""
    application = hold_by_token(session, token)
    clock.fresh_now(session)
    if is_too_old(session, application):
        raise GateShut(TOO_OLD)
    _submit(session, Actor.nobody(), application, wish)
    return application


def ask_sponsor(session: Session, actor: Actor, *, ref: str, organisation_id: uuid.UUID) -> None:
    """Ask a member to vouch for an applicant. Raises NotAllowed, NotFound, Conflict if it was asked or may not."""
    application = lock(session, Application, get_application(session, ref).id)
    require_coordinator(actor, application.coalition_id)
    _still(application, ApplicationState.SPONSORS)
    if not may_sponsor(session, application, organisation_id):
        raise Conflict(lazy("Only a member of this coalition can vouch, and never the secretariat."))
    if _sponsor(session, application, organisation_id) is not None:
        raise Conflict(lazy("This organisation was asked already."))
    session.add(Sponsor(id=new_id(), application_id=application.id, organisation_id=organisation_id))
    session.flush()
    audit.record(session, actor, "ask_sponsor", f"application:{application.id}", organisation=organisation_id)
    tell_organisation(
        session,
        organisation_id,
        key=f"application:{application.id}:sponsor",
        template="sponsor_asked",
        values={"ref": application.ref},
    )


def vouch(session: Session, actor: Actor, *, ref: str, vouches: bool = True) -> Application:
    """Say that my organisation vouches for an applicant, or does not; with two who do, the members are told.

    Affiliates of one family are one sponsor. Raises NotAllowed, NotFound, Conflict.
    """
    application = lock(session, Application, get_application(session, ref).id)
    organisation_id = require_voice(session, actor, application)
    _still(application, ApplicationState.SPONSORS)
    sponsor = _sponsor(session, application, organisation_id)
    if sponsor is None:
        sponsor = Sponsor(id=new_id(), application_id=application.id, organisation_id=organisation_id)
        session.add(sponsor)
    sponsor.vouches, sponsor.person_id, sponsor.answered_at = vouches, actor.own_person(), clock.now(session)
    session.flush()
    organisation = get(session, Organisation, organisation_id)
    note(session, actor, application.chain, "vouch" if vouches else "decline_to_vouch", {"name": organisation.name})
    if len(application_voices(session, application)) >= SPONSORS:
        _step(application, ApplicationState.NOTICE)
        application.told_at = clock.now(session)
        session.flush()
        note(session, actor, application.chain, "tell_members")
        tell_of_application(session, application)
    return application


def withdraw_application(session: Session, *, token: str) -> None:
    """Take an application back, with its link. Raises NotFound, Conflict once it is decided."""
    application = hold_by_token(session, token)
    end_unadmitted(session, Actor.nobody(), application, ApplicationState.WITHDRAWN)
    note(session, Actor.nobody(), application.chain, "withdraw_application")


def begin_as_member(session: Session, *, token: str, handle: str, email: str, password: str) -> Person | None:
    """Make the first administrator of a body that was just admitted, once, with the applicant's own link.

    None if an account has this address already, which must be committed. Raises NotFound, GateShut before it is
    admitted or after somebody began, Conflict and Invalid naming the field, and TooMany.
    """
    application = hold_by_token(session, token)
    organisation_id = application.organisation_id
    if application.state is not ApplicationState.ADMITTED or organisation_id is None:
        raise GateShut(lazy("Your organisation is not a member yet. This page says when it is."))
    if has_begun(session, application):
        raise GateShut(BEGUN)
    if is_taken(session, email, link_id=application.id):
        return None
    system = Actor.system()
    person = add_person(session, system, handle=handle, email=email, language=application.language, password=password)
    grant_mandate(session, system, person_id=person.id, organisation_id=organisation_id, duty=Duty.ADMINISTER)
    return person


def hold_by_token(session: Session, token: str) -> Application:
    """Load the application a private link stands for, and hold it. Raises NotFound."""
    found = session.scalar(select(Application.id).where(Application.token_hash == application_hash(token)))
    if found is None:
        raise NotFound()
    return lock(session, Application, found)


def require_voice(session: Session, actor: Actor, application: Application) -> uuid.UUID:
    """Return the organisation an actor speaks for on this application. Raises NotAllowed."""
    organisation_id = actor.own_organisation()
    if not actor.duties & {Duty.VOTE, Duty.COORDINATE} or not may_sponsor(session, application, organisation_id):
        raise NotAllowed()
    if application.coalition_id is None and not actor.coordinates:
        raise NotAllowed()
    return organisation_id


def end_unadmitted(session: Session, actor: Actor, application: Application, state: ApplicationState) -> None:
    """Close an application without a new member."""
    _step(application, state)
    application.decided_at = clock.now(session)
    if application.organisation is not None:
        application.organisation.status = OrganisationStatus.LEFT
    session.flush()


def _new(
    session: Session, actor: Actor, coalition_id: uuid.UUID | None, email: str, language: str
) -> tuple[Application, str]:
    coalition = get(session, Coalition, coalition_id) if coalition_id else None
    token = secrets.token_urlsafe(32)
    application = Application(
        id=new_id(),
        ref=new_ref(session, Application, "M"),
        coalition_id=coalition.id if coalition else None,
        state=ApplicationState.INVITED,
        token_hash=application_hash(token),
        language=clean_language(language, "language"),
        invited_by_id=actor.person_id,
        made_at=clock.now(session),
    )
    application.email = clean_address(email)
    session.add(application)
    session.flush()
    return application, token


def _submit(session: Session, actor: Actor, application: Application, wish: Wish) -> None:
    _step(application, ApplicationState.SPONSORS)
    organisation = new_organisation(
        session, name=wish.name, kind=wish.kind, country=wish.country, side=wish.side, languages=wish.languages
    )
    application.organisation_id = organisation.id
    application.about = clean_text(wish.about, "about", longest=5000)
    application.applied_at = clock.now(session)
    session.flush()
    session.refresh(application)
    note(session, actor, application.chain, "apply")


def _sponsor(session: Session, application: Application, organisation_id: uuid.UUID) -> Sponsor | None:
    return session.scalar(
        select(Sponsor).where(Sponsor.application_id == application.id, Sponsor.organisation_id == organisation_id)
    )


def _still(application: Application, state: ApplicationState) -> None:
    if application.state is not state:
        words = {"state": application.state.label}
        raise Conflict(lazy("This cannot be done now: the application is “%(state)s”.") % words)


def _step(application: Application, state: ApplicationState) -> None:
    check_step(application.state, state)
    application.state = state
