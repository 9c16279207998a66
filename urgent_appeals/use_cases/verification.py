"""A second source, asked by an organisation that neither filed the appeal nor answered the three tests."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import new_id
from network_app.core.errors import Conflict, GateShut
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_text
from urgent_appeals.messages.intake import tell_team, tell_workers_organisation
from urgent_appeals.models import Appeal, TriageDecision, Verification
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import OUTWARD, Stage
from urgent_appeals.use_cases.consent import note_readiness
from urgent_appeals.use_cases.opening import join_team, open_case
from urgent_appeals.use_cases.timeline import move_stage, write_timeline


def verify_appeal(session: Session, actor: Actor, *, ref: str, source: str) -> Verification:
    """Confirm the appeal from a second source; the first confirmation makes it an accepted case.

    On the danger clock a second verifier may follow while the case already runs (DOMAIN 0). Raises Invalid, GateShut
    for an organisation that may not, Conflict at another stage.
    """
    words = clean_text(source, "source", longest=10_000)
    appeal = open_case(session, actor, ref, Permission.VERIFY_APPEAL)
    earlier = list(session.scalars(_standing(appeal)))
    _check_organisation(session, appeal, actor, earlier)
    running = appeal.stage in OUTWARD and appeal.clock is Clock.DANGER and len(earlier) == 1
    if appeal.stage is not Stage.VERIFYING and not running:
        raise Conflict(lazy("This appeal is not waiting for verification."))
    now = clock.now(session)
    verification = Verification(
        id=new_id(),
        appeal_id=appeal.id,
        person_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        source=words,
        verified_at=now,
    )
    session.add(verification)
    session.flush()
    join_team(session, appeal, actor.own_organisation())
    write_timeline(session, actor, appeal, "verified", count=len(earlier) + 1)
    if not earlier:
        _accept(session, actor, appeal)
    return verification


def _accept(session: Session, actor: Actor, appeal: Appeal) -> None:
    appeal.verified_at = appeal.accepted_at = clock.now(session)
    move_stage(session, actor, appeal, Stage.ACCEPTED)
    note_readiness(session, appeal)
    moment = appeal.accepted_at.isoformat()
    tell_team(session, appeal, event=f"accepted:{moment}", template="appeal_accepted")
    tell_workers_organisation(session, appeal, event=f"accepted:{moment}")


def _standing(appeal: Appeal) -> Select[Verification]:
    return select(Verification).where(Verification.appeal_id == appeal.id, Verification.replaced_at.is_(None))


def _check_organisation(session: Session, appeal: Appeal, actor: Actor, earlier: list[Verification]) -> None:
    own = actor.own_organisation()
    if own in (appeal.filer_organisation_id, appeal.workers_organisation_id):
        raise GateShut(lazy("Your organisation speaks for the workers here, so another one has to verify."))
    triaged = select(TriageDecision.organisation_id).where(
        TriageDecision.appeal_id == appeal.id, TriageDecision.replaced_at.is_(None)
    )
    if own in set(session.scalars(triaged)):
        raise GateShut(lazy("Your organisation answered the three tests, so another one has to verify."))
    if own in {verification.organisation_id for verification in earlier}:
        raise GateShut(lazy("Your organisation has verified this already."))
