"""Whether the network takes an appeal up: three tests in writing, two people of two organisations (DOMAIN 0 and 3)."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from members.queries import get_organisation
from network_app.core import clock
from network_app.core.db import new_id
from network_app.core.decisions import Act, Need, decision
from network_app.core.errors import Conflict, GateShut, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_line, clean_text
from network_app.targets.models import Facility
from network_app.targets.queries import facility_named, get_facility
from urgent_appeals.messages.intake import tell_duty, tell_team, tell_workers_organisation
from urgent_appeals.models import Appeal, TriageDecision, Verification
from urgent_appeals.rules.audiences import MessageKind, TriageChoice
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import AWAITING_TRIAGE, Stage
from urgent_appeals.use_cases.opening import join_team, open_case
from urgent_appeals.use_cases.talking import write_message
from urgent_appeals.use_cases.timeline import move_stage, write_timeline

LONGEST = 5000


def acknowledge(session: Session, actor: Actor, *, ref: str) -> Appeal:
    """Take the appeal in hand: from now on the actor's organisation works on it."""
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    _not_their_own(appeal, actor)
    if appeal.stage not in (Stage.RECEIVED, Stage.REOPENED):
        raise Conflict(lazy("Somebody took this appeal up already."))
    _take_up(session, actor, appeal)
    return appeal


def triage_appeal(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    genuine: str,
    wanted: str,
    useful: str,
    title: str = "",
    workers_organisation_id: uuid.UUID | None = None,
) -> TriageDecision:
    """Propose to take the appeal up, with the three tests answered; a second organisation confirms.

    `title` is for the case team only. `workers_organisation_id` is the member that speaks for the workers, if one does.
    Raises Invalid, and Conflict outside triage.
    """
    heading = clean_line(title, "title", required=False)
    tests = _tests(genuine, wanted, useful)
    appeal = _in_triage(session, actor, ref)
    if workers_organisation_id is not None:
        appeal.workers_organisation_id = get_organisation(session, workers_organisation_id).id
        join_team(session, appeal, workers_organisation_id)
    appeal.title = heading or appeal.title
    return _propose(session, actor, appeal, TriageChoice.ACCEPT, tests, reason="")


def decline_appeal(
    session: Session, actor: Actor, *, ref: str, genuine: str, wanted: str, useful: str, reason: str
) -> TriageDecision:
    """Propose to decline, with a reason and a referral that the workers will read; a second organisation confirms."""
    words = clean_text(reason, "reason", longest=LONGEST)
    tests = _tests(genuine, wanted, useful)
    appeal = _in_triage(session, actor, ref)
    return _propose(session, actor, appeal, TriageChoice.DECLINE, tests, reason=words)


def confirm_triage(session: Session, actor: Actor, *, ref: str) -> Appeal:
    """Confirm the decision as the second person, of another organisation; it takes effect now. Raises GateShut."""
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    proposed = _open_decision(session, appeal)
    _check_second(appeal, proposed, actor)
    now = clock.now(session)
    proposed.confirmed_by_id, proposed.confirmed_organisation_id = actor.own_person(), actor.own_organisation()
    proposed.confirmed_at = appeal.triaged_at = now
    join_team(session, appeal, actor.own_organisation())
    write_timeline(session, actor, appeal, "triage_confirmed", choice=proposed.choice.value)
    if proposed.choice is TriageChoice.DECLINE:
        move_stage(session, actor, appeal, Stage.DECLINED)
        write_message(session, actor, appeal, MessageKind.NEWS, proposed.reason or "")
        appeal.news_sent_at = now
        tell_workers_organisation(session, appeal, event=f"declined:{proposed.id}")
    else:
        move_stage(session, actor, appeal, Stage.VERIFYING)
        tell_duty(session, appeal, event=f"verify:{proposed.id}", template="appeal_to_verify")
    return appeal


def disagree_with_triage(session: Session, actor: Actor, *, ref: str, why: str) -> None:
    """Set a proposed decision aside, so that the tests are answered anew. Raises Invalid, GateShut."""
    words = clean_text(why, "why", longest=LONGEST)
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    proposed = _open_decision(session, appeal)
    _check_second(appeal, proposed, actor)
    proposed.replaced_at = clock.now(session)
    join_team(session, appeal, actor.own_organisation())
    write_message(session, actor, appeal, MessageKind.NOTE, words)
    write_timeline(session, actor, appeal, "triage_set_aside")
    tell_team(session, appeal, event=f"set-aside:{proposed.id}", template="appeal_triage_open")


def reopen_appeal(session: Session, actor: Actor, *, ref: str, why: str) -> Appeal:
    """Open an ended appeal again: it goes through triage and verification anew."""
    words = clean_text(why, "why", longest=LONGEST)
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    move_stage(session, actor, appeal, Stage.REOPENED)
    now = clock.now(session)
    for old in session.scalars(select(Verification).where(Verification.appeal_id == appeal.id)):
        old.replaced_at = old.replaced_at or now
    appeal.verified_at = appeal.accepted_at = appeal.triaged_at = appeal.ready_at = appeal.closed_at = None
    appeal.outcome = None
    write_message(session, actor, appeal, MessageKind.NOTE, words)
    write_timeline(session, actor, appeal, "reopened")
    return appeal


def name_facility(session: Session, actor: Actor, *, ref: str, facility: uuid.UUID | str) -> Appeal:
    """Say which workplace of the register this is about, so that the brands behind it are found.

    `facility` is its id or reference, or its name in the country of the case. Raises Invalid for none and many.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    appeal.facility_id = _workplace(session, facility, appeal.country).id
    write_timeline(session, actor, appeal, "facility_named", facility=appeal.facility_id)
    return appeal


def _workplace(session: Session, wanted: uuid.UUID | str, country: str) -> Facility:
    try:
        return get_facility(session, wanted if isinstance(wanted, uuid.UUID) else wanted.strip())
    except NotFound as unknown:
        named = facility_named(session, str(wanted), country)
        if named is None:
            message = lazy("The register has not exactly one factory of this reference or name. Look under Factories.")
            raise Invalid(message, field="facility") from unknown
        return named


def take_coordination(session: Session, actor: Actor, *, ref: str) -> Appeal:
    """Become the person who keeps this case and its promises."""
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    appeal.coordinator_id = actor.own_person()
    join_team(session, appeal, actor.own_organisation())
    write_timeline(session, actor, appeal, "coordinator_named")
    return appeal


def _tests(genuine: str, wanted: str, useful: str) -> tuple[str, str, str]:
    return (
        clean_text(genuine, "genuine", longest=LONGEST),
        clean_text(wanted, "wanted", longest=LONGEST),
        clean_text(useful, "useful", longest=LONGEST),
    )


def _in_triage(session: Session, actor: Actor, ref: str) -> Appeal:
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    _not_their_own(appeal, actor)
    if appeal.stage not in AWAITING_TRIAGE:
        raise Conflict(lazy("Triage of this appeal is over."))
    if appeal.stage is not Stage.TRIAGE:
        _take_up(session, actor, appeal)
    return appeal


def _take_up(session: Session, actor: Actor, appeal: Appeal) -> None:
    move_stage(session, actor, appeal, Stage.TRIAGE)
    join_team(session, appeal, actor.own_organisation())
    appeal.coordinator_id = appeal.coordinator_id or actor.own_person()
    write_timeline(session, actor, appeal, "taken_up")


def _propose(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    choice: TriageChoice,
    tests: tuple[str, str, str],
    *,
    reason: str,
) -> TriageDecision:
    now = clock.now(session)
    for older in session.scalars(_decisions(appeal)):
        older.replaced_at = now
    proposed = TriageDecision(
        id=new_id(),
        appeal_id=appeal.id,
        choice=choice,
        genuine=tests[0],
        wanted=tests[1],
        useful=tests[2],
        reason=reason,
        person_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        decided_at=now,
    )
    session.add(proposed)
    join_team(session, appeal, actor.own_organisation())
    write_timeline(session, actor, appeal, "triage_decided", choice=choice.value)
    tell_duty(session, appeal, event=f"confirm:{proposed.id}", template="appeal_to_confirm")
    return proposed


def _decisions(appeal: Appeal) -> Select[TriageDecision]:
    return select(TriageDecision).where(TriageDecision.appeal_id == appeal.id, TriageDecision.replaced_at.is_(None))


def _open_decision(session: Session, appeal: Appeal) -> TriageDecision:
    proposed = session.scalar(_decisions(appeal))
    if proposed is None or proposed.confirmed_at is not None or appeal.stage is not Stage.TRIAGE:
        raise Conflict(lazy("There is no decision that waits for a second person."))
    return proposed


def _check_second(appeal: Appeal, proposed: TriageDecision, actor: Actor) -> None:
    _not_their_own(appeal, actor)
    two = Need.TWO_ORGANISATIONS in decision(Act.ACCEPT_OR_DECLINE, danger=appeal.clock is Clock.DANGER).needs
    if two and proposed.organisation_id == actor.own_organisation():
        raise GateShut(lazy("The second person must be of another organisation."))
    if proposed.person_id == actor.own_person():
        raise GateShut(lazy("The second person must be somebody else."))


def _not_their_own(appeal: Appeal, actor: Actor) -> None:
    if actor.own_organisation() in (appeal.filer_organisation_id, appeal.workers_organisation_id):
        raise GateShut(lazy("Your organisation speaks for the workers here, so others decide at triage."))
