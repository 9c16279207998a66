"""Everything the case page shows up to acceptance, loaded once, for the audience that asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session, selectinload

from members.models import Person
from network_app.core import audit, clock
from network_app.core.errors import NotFound
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor
from network_app.targets.models import Facility
from urgent_appeals.models import Appeal, AppealMessage, Consent, Evidence, TriageDecision, Verification
from urgent_appeals.queries.case import (
    case_audience,
    consents_of,
    get_appeal,
    names_of,
    team_organisations,
    uses_held,
)
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Due, promises_of
from urgent_appeals.rules.consent import Use, is_valid
from urgent_appeals.rules.history import FILER_SEES, act_label
from urgent_appeals.rules.stages import Stage

# Put together once: at every look at a case that would cost more than the reading.
_OF_APPEAL: BindParameter[uuid.UUID] = bindparam("appeal_id")
_DECISION = select(TriageDecision).where(TriageDecision.appeal_id == _OF_APPEAL, TriageDecision.replaced_at.is_(None))
_VERIFICATIONS = (
    select(Verification).where(Verification.appeal_id == _OF_APPEAL).order_by(Verification.verified_at, Verification.id)
)
_MESSAGES = (
    select(AppealMessage).where(AppealMessage.appeal_id == _OF_APPEAL).order_by(AppealMessage.sent_at, AppealMessage.id)
)
_EVIDENCE = (
    select(Evidence)
    .where(Evidence.appeal_id == _OF_APPEAL)
    .order_by(Evidence.given_at, Evidence.id)
    .options(selectinload(Evidence.custody))
)


@dataclass(frozen=True)
class Entry:
    """One line of a timeline, ready to be shown."""

    at: datetime
    sentence: LazyText | str


@dataclass(frozen=True)
class ConsentLine:
    """A consent record and whether it speaks now."""

    record: Consent
    valid: bool
    waits_for_second: bool


@dataclass(frozen=True)
class CasePage:
    """A case as one person may see it. Outside the case team only `appeal`'s plain fields may be shown."""

    appeal: Appeal
    audience: Audience
    now: datetime
    facility: Facility | None = None
    promises: list[Due] = field(default_factory=list)
    decision: TriageDecision | None = None
    verifications: list[Verification] = field(default_factory=list)
    consents: list[ConsentLine] = field(default_factory=list)
    uses: list[tuple[Use, bool]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    messages: list[AppealMessage] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)
    team: list[str] = field(default_factory=list)
    organisations: dict[uuid.UUID, str] = field(default_factory=dict)
    handles: dict[uuid.UUID, str] = field(default_factory=dict)


def case_page(session: Session, actor: Actor, ref: str) -> CasePage:
    """A case for its page. Raises NotFound for whoever may not know that it exists."""
    appeal = get_appeal(session, ref)
    audience = case_audience(session, actor, appeal)
    if audience is None:
        raise NotFound()
    now = clock.now(session)
    if audience is not Audience.CASE_TEAM:
        return CasePage(appeal, audience, now)
    of_appeal = {"appeal_id": appeal.id}
    own = (appeal.workers_organisation_id, appeal.filer_organisation_id)
    messages = list(session.scalars(_MESSAGES, of_appeal))
    team = team_organisations(session, appeal.id)
    names = names_of(session, {*team, *own})
    consents = consents_of(session, appeal.id)
    held = uses_held(appeal, consents, now)
    return CasePage(
        appeal,
        audience,
        now,
        facility=session.get(Facility, appeal.facility_id) if appeal.facility_id else None,
        promises=promises_of(appeal),
        decision=session.scalar(_DECISION, of_appeal),
        verifications=list(session.scalars(_VERIFICATIONS, of_appeal)),
        consents=[_line(record, now) for record in consents],
        uses=[(use, use in held) for use in Use],
        evidence=list(session.scalars(_EVIDENCE, of_appeal)),
        messages=messages,
        timeline=timeline_of(session, appeal),
        team=sorted(name for key, name in names.items() if key in team),
        organisations=names,
        handles=_handles(session, appeal, messages),
    )


def timeline_of(session: Session, appeal: Appeal, *, filer: bool = False) -> list[Entry]:
    """The case's timeline in words, newest first; `filer` gives the part that its filer may see."""
    found = audit.links(session, f"appeal:{appeal.id}")
    shown = [link for link in found if not filer or link.body["act"] in FILER_SEES]
    return [Entry(link.at, _sentence(link.body)) for link in reversed(shown)]


def _sentence(body: dict[str, Any]) -> LazyText | str:
    act = str(body["act"])
    if act == "stage":
        return lazy("Now: %(stage)s") % {"stage": Stage(body["now"]).label}
    if act == "consent_recorded" and body.get("use") in set(Use):
        word = lazy("Consent given: %(use)s") if body.get("granted") else lazy("Consent refused: %(use)s")
        return word % {"use": Use(body["use"]).label}
    return act_label(act)


def _line(record: Consent, now: datetime) -> ConsentLine:
    valid = is_valid(record, now)
    waits = not valid and record.basis == "vital_interest" and not record.seconded and record.withdrawn_at is None
    return ConsentLine(record, valid, waits)


def _handles(session: Session, appeal: Appeal, messages: list[AppealMessage]) -> dict[uuid.UUID, str]:
    wanted = ({message.written_by_id for message in messages} | {appeal.coordinator_id}) - {None}
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.handle).where(Person.id.in_(wanted)))
    return {person_id: handle for person_id, handle in rows}
