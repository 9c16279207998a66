"""What becomes of an application once the members were told: objections, 14 days, or a vote (DOMAIN 0)."""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from members.messages import tell_applicant
from members.models import Application, Coalition, Objection, Organisation
from members.queries import applications_running, coalitions, get_application, notice_of, standing_objections
from members.rules import (
    OPEN_TO_OBJECTIONS,
    ApplicationState,
    Evidence,
    OrganisationStatus,
    after_objection_time,
    check_step,
    check_transition,
)
from members.use_cases.applying import end_unadmitted, require_voice
from members.use_cases.belonging import put_inside
from members.use_cases.history import note
from network_app.core import clock
from network_app.core.charter import span, value_text
from network_app.core.db import get, lock, new_id
from network_app.core.errors import Conflict, GateShut, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind
from network_app.core.texts import clean_text


def object_to(session: Session, actor: Actor, *, ref: str, reason: str) -> Objection:
    """Object to an applicant for my organisation, with the reason; then the members vote. NotAllowed, Conflict."""
    application = lock(session, Application, get_application(session, ref).id)
    organisation_id = require_voice(session, actor, application)
    if application.state not in OPEN_TO_OBJECTIONS:
        raise Conflict(lazy("Nobody can object to this application now."))
    if any(row.organisation_id == organisation_id for row in standing_objections(session, application)):
        raise Conflict(lazy("Your organisation objected already."))
    objection = Objection(
        id=new_id(),
        application_id=application.id,
        organisation_id=organisation_id,
        person_id=actor.own_person(),
        reason=clean_text(reason, "reason", longest=2000),
        at=clock.now(session),
    )
    session.add(objection)
    session.flush()
    note(session, actor, application.chain, "object", {"name": get(session, Organisation, organisation_id).name})
    return objection


def withdraw_objection(session: Session, actor: Actor, *, objection_id: uuid.UUID) -> Application:
    """Take my organisation's objection back. Raises NotAllowed, NotFound, Conflict."""
    objection = lock(session, Objection, objection_id)
    application = lock(session, Application, objection.application_id)
    if require_voice(session, actor, application) != objection.organisation_id:
        raise NotAllowed()
    if objection.withdrawn_at is not None or application.state not in OPEN_TO_OBJECTIONS:
        raise Conflict(lazy("It is too late to take this back."))
    objection.withdrawn_at = clock.now(session)
    session.flush()
    name = get(session, Organisation, objection.organisation_id).name
    note(session, actor, application.chain, "withdraw_objection", {"name": name})
    return application


def sweep_applications(session: Session) -> None:
    """Move on every application whose notice arrived or whose time to object is over."""
    for found in applications_running(session):
        application = lock(session, Application, found.id)
        if application.state is ApplicationState.NOTICE:
            _begin_objections(session, application)
        if application.state in (ApplicationState.OBJECTIONS, ApplicationState.VOTE):
            _end_objections(session, application)


def settle_by_votes(session: Session, actor: Actor, *, ref: str, decisions: Iterable[Evidence]) -> None:
    """Let the members' votes decide on an applicant to whom somebody objected.

    Its coalition decides; for a direct member every coalition, likewise (DOMAIN 0). Raises NotAllowed for anybody but
    the system, which read the votes; GateShut while one is missing, Conflict.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
    application = lock(session, Application, get_application(session, ref).id)
    said = {decision.coalition_id: decision for decision in decisions}
    own = application.coalition_id
    needed = {row.id for row in coalitions(session)} if own is None else {own}
    if application.state is not ApplicationState.VOTE:
        raise Conflict(lazy("This application waits for no vote."))
    against = [decision for key, decision in said.items() if key in needed and not decision.adopted]
    if against:
        _refuse(session, actor, application, ", ".join(sorted(decision.ref for decision in against)))
    elif needed <= said.keys():
        refs = ", ".join(sorted(said[key].ref for key in needed))
        _admit(session, actor, application, refs)
    else:
        raise GateShut(lazy("A vote is missing."))


def _begin_objections(session: Session, application: Application) -> None:
    notice = notice_of(session, application)
    if notice.delivered_at is None:
        return
    _step(application, ApplicationState.OBJECTIONS)
    application.noticed_at = notice.delivered_at
    session.flush()
    note(session, Actor.system(), application.chain, "notice_delivered")


def _end_objections(session: Session, application: Application) -> None:
    if application.noticed_at is None:
        return
    standing = len(standing_objections(session, application))
    state = after_objection_time(application.noticed_at, clock.fresh_now(session), objections=standing)
    if state is ApplicationState.ADMITTED:
        time = value_text(span("objection_time"))
        _admit(session, Actor.system(), application, str(lazy("%(time)s without objection") % {"time": time}))
    elif state is ApplicationState.VOTE and application.state is not ApplicationState.VOTE:
        _step(application, ApplicationState.VOTE)
        session.flush()
        note(session, Actor.system(), application.chain, "await_vote")


def _admit(session: Session, actor: Actor, application: Application, ground: str) -> None:
    if application.organisation_id is None:
        raise Conflict(lazy("This application waits for no vote."))
    organisation = lock(session, Organisation, application.organisation_id)
    check_transition(organisation.status, OrganisationStatus.ACTIVE)
    _step(application, ApplicationState.ADMITTED)
    now = clock.now(session)
    application.decided_at, application.decided_by = now, ground
    organisation.status, organisation.joined_on = OrganisationStatus.ACTIVE, now.date()
    organisation.email = application.email
    session.flush()
    note(session, actor, application.chain, "admit", {"ground": ground})
    note(session, actor, f"organisation:{organisation.id}", "admit_organisation")
    if application.coalition_id is not None:
        coalition = get(session, Coalition, application.coalition_id)
        put_inside(session, actor, organisation, coalition, as_bloc=True)
    tell_applicant(session, application, template="application_admitted", key="admitted")


def _refuse(session: Session, actor: Actor, application: Application, ground: str) -> None:
    end_unadmitted(session, actor, application, ApplicationState.REFUSED)
    application.decided_by = ground
    session.flush()
    note(session, actor, application.chain, "refuse", {"ground": ground})
    tell_applicant(session, application, template="application_refused", key="refused")


def _step(application: Application, state: ApplicationState) -> None:
    check_step(application.state, state)
    application.state = state
