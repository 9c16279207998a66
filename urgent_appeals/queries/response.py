"""What the network does about a case, as its pages show it: targets, calls and answers, demands and money."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.errors import NotFound
from network_app.core.permissions import Actor
from network_app.letters.models import Letter
from network_app.targets.models import SourcingLink, Target
from network_app.targets.queries import answering_company, get_target, links_of_facility
from urgent_appeals.models import Appeal, AppealTarget, AudienceText, Call, CallOptOut, FanOut
from urgent_appeals.queries.case import get_appeal, names_of
from urgent_appeals.queries.leverage import approved_text, leverage_of
from urgent_appeals.queries.remedy import demands_of, totals_of
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import Action
from urgent_appeals.rules.leverage import Reason, in_words
from urgent_appeals.rules.stages import OUTWARD


@dataclass(frozen=True)
class TargetRow:
    """A target of a case: who answers for it, every claim about its tie to the workplace, who sees to it."""

    target: Target
    answering: Target
    reason: str
    links: Sequence[SourcingLink]
    owner: str
    is_orphan: bool

    @property
    def name(self) -> str:
        """The name under which the case knows it."""
        return self.target.name

    @property
    def in_conflict(self) -> bool:
        """Whether what is said about the tie contradicts itself."""
        return any(link.in_conflict for link in self.links)


@dataclass(frozen=True)
class CallRow:
    """One organisation that was asked, why, and what it said."""

    call: Call
    ref: str
    organisation: str
    reasons: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether nothing was answered yet."""
        return self.call.answer is None


def response_values(
    session: Session, actor: Actor, appeal: Appeal, *, audience: Audience = Audience.CASE_TEAM
) -> dict[str, Any]:
    """What the case page shows of the response. Outside the case team, of the calls only the actor's own."""
    team = audience is Audience.CASE_TEAM
    demands = demands_of(session, appeal.id)
    calls = calls_of_appeal(session, appeal)
    return {
        "appeal": appeal,
        "targets": targets_of(session, appeal),
        "calls": calls if team else [row for row in calls if row.call.organisation_id == actor.organisation_id],
        "demands": demands,
        "totals": totals_of(demands),
        "network_text": approved_text(session, appeal.id, Audience.NETWORK),
        "round": last_round(session, appeal.id) if team else None,
        "chain_broken": audit.verify(session, f"appeal:{appeal.id}") if team else None,
        "now": clock.now(session),
    }


def targets_of(session: Session, appeal: Appeal) -> list[TargetRow]:
    """The targets of a case with the conflicting claims about each; those that nobody reaches come first."""
    rows = select(AppealTarget).where(AppealTarget.appeal_id == appeal.id)
    named = session.scalars(rows.order_by(AppealTarget.named_at, AppealTarget.id)).all()
    links = links_of_facility(session, appeal.facility_id) if appeal.facility_id else []
    orphans = {orphan.id for orphan in leverage_of(session, appeal).orphans} if named else set()
    owners = names_of(session, [one.owner_organisation_id for one in named])
    known = [_target_row(session, one, links, orphans, owners) for one in named]
    return sorted(known, key=lambda row: (not row.is_orphan, row.name))


def targets_to_name(session: Session, appeal: Appeal) -> list[SourcingLink]:
    """The claims about this workplace whose company is not named yet: what to name with one press."""
    if appeal.facility_id is None:
        return []
    named = set(session.scalars(select(AppealTarget.target_id).where(AppealTarget.appeal_id == appeal.id)))
    seen: dict[uuid.UUID, SourcingLink] = {}
    for link in links_of_facility(session, appeal.facility_id):
        if link.target_id not in named:
            seen.setdefault(link.target_id, link)
    return list(seen.values())


def calls_of(session: Session, ref: str) -> list[CallRow]:
    """Everybody who was asked about this case and not undone, newest round first."""
    return calls_of_appeal(session, get_appeal(session, ref))


def calls_of_appeal(session: Session, appeal: Appeal) -> list[CallRow]:
    """Everybody who was asked about this case and not undone, newest round first, the silent on top."""
    rows = select(Call).where(Call.appeal_id == appeal.id, Call.recalled_at.is_(None))
    calls = session.scalars(rows.order_by(Call.round.desc(), Call.answered_at.is_not(None), Call.answered_at)).all()
    return _call_rows(session, calls, {appeal.id: appeal.ref})


def open_calls_for(session: Session, organisation_id: uuid.UUID) -> list[CallRow]:
    """What an organisation was asked and has not answered yet, or promised and not reported, the most urgent first."""
    rows = _left(session).where(Call.organisation_id == organisation_id, Call.answer.is_distinct_from("done"))
    calls = session.scalars(rows.where(Appeal.stage.in_(OUTWARD)).order_by(Call.due_at)).all()
    return [row for row in _call_rows(session, calls) if row.call.answer != "cannot"]


def calls_to(session: Session, organisation_id: uuid.UUID) -> list[CallRow]:
    """Everything an organisation was ever asked, newest first."""
    rows = _left(session).where(Call.organisation_id == organisation_id).order_by(Call.opened_at.desc(), Call.id)
    return _call_rows(session, session.scalars(rows).all())


def get_call(session: Session, organisation_id: uuid.UUID, ref: str) -> Call:
    """The newest call to this organisation about this case, once it has left.

    Raises NotFound otherwise, also for a case that exists: who was not asked does not learn of it.
    """
    appeal = get_appeal(session, ref)
    rows = _left(session).where(Call.organisation_id == organisation_id, Call.appeal_id == appeal.id)
    call = session.scalars(rows.order_by(Call.round.desc()).limit(1)).first()
    if call is None:
        raise NotFound()
    return call


def call_row(session: Session, call: Call) -> CallRow:
    """One call with its words."""
    return _call_rows(session, [call])[0]


def silent_calls(session: Session) -> list[Call]:
    """Calls that have left, wait for an answer, and whose case may still go outward."""
    rows = _left(session).where(Call.answer.is_(None), Call.due_at > clock.now(session), Appeal.stage.in_(OUTWARD))
    corrected = select(FanOut.id).where(FanOut.corrected_at.is_not(None))
    return list(session.scalars(rows.where(Call.fan_out_id.not_in(corrected)).order_by(Call.due_at, Call.id)))


def unconfirmed_rounds(session: Session) -> list[uuid.UUID]:
    """Rounds of the danger clock whose time for a second verifier is over."""
    rows = select(FanOut.id).where(
        FanOut.second_due_at <= clock.now(session),
        FanOut.seconded_at.is_(None),
        FanOut.corrected_at.is_(None),
        FanOut.recalled_at.is_(None),
    )
    return list(session.scalars(rows))


def first_letters(session: Session) -> list[tuple[uuid.UUID, datetime]]:
    """Appeals whose first letter has left and is not noted yet, each with the moment."""
    rows = (
        select(Letter.appeal_id, func.min(Letter.sent_at))
        .join(Appeal, Appeal.id == Letter.appeal_id)
        .where(Letter.sent_at.is_not(None), Appeal.first_letter_at.is_(None))
        .group_by(Letter.appeal_id)
    )
    return [(appeal_id, sent_at) for appeal_id, sent_at in session.execute(rows) if appeal_id and sent_at]


def last_round(session: Session, appeal_id: uuid.UUID) -> FanOut | None:
    """The newest round of asking, also one that was undone."""
    rows = select(FanOut).where(FanOut.appeal_id == appeal_id).order_by(FanOut.round.desc())
    return session.scalars(rows.limit(1)).first()


def newest_text(session: Session, appeal_id: uuid.UUID, audience: Audience) -> AudienceText | None:
    """The newest version for this circle, approved or not, unless it was taken back."""
    rows = select(AudienceText).where(
        AudienceText.appeal_id == appeal_id, AudienceText.audience == audience, AudienceText.withdrawn_at.is_(None)
    )
    return session.scalars(rows.order_by(AudienceText.version.desc()).limit(1)).first()


def opt_outs_of(session: Session, organisation_id: uuid.UUID) -> list[tuple[CallOptOut, Target | None]]:
    """What an organisation does not want to be asked about now."""
    now = clock.now(session)
    rows = (
        select(CallOptOut)
        .where(CallOptOut.organisation_id == organisation_id)
        .where(or_(CallOptOut.until.is_(None), CallOptOut.until > now))
        .order_by(CallOptOut.since)
    )
    return [(one, get_target(session, one.target_id) if one.target_id else None) for one in session.scalars(rows)]


def _left(session: Session) -> Select[Call]:
    gone_out: datetime = clock.now(session)
    return (
        select(Call)
        .join(Appeal, Appeal.id == Call.appeal_id)
        .where(Call.recalled_at.is_(None), Call.leaves_at <= gone_out)
    )


def _call_rows(session: Session, calls: Sequence[Call], refs: Mapping[uuid.UUID, str] | None = None) -> list[CallRow]:
    names = names_of(session, [call.organisation_id for call in calls])
    known = refs or _refs(session, {call.appeal_id for call in calls})
    return [
        CallRow(
            call=call,
            ref=known[call.appeal_id],
            organisation=names[call.organisation_id],
            reasons=tuple(in_words(Reason.from_json(reason)) for reason in call.reasons),
            asked=tuple(str(Action(action).label) for action in call.asked),
        )
        for call in calls
    ]


def _refs(session: Session, appeal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Appeal.id, Appeal.ref).where(Appeal.id.in_(appeal_ids)))
    return {appeal_id: ref for appeal_id, ref in rows}


def _target_row(
    session: Session,
    named: AppealTarget,
    links: Sequence[SourcingLink],
    orphans: set[uuid.UUID],
    owners: Mapping[uuid.UUID, str],
) -> TargetRow:
    answering = answering_company(session, named.target_id)
    return TargetRow(
        target=get_target(session, named.target_id),
        answering=answering,
        reason=named.reason,
        links=[link for link in links if link.target_id == named.target_id],
        owner=owners.get(named.owner_organisation_id, "") if named.owner_organisation_id else "",
        is_orphan=answering.id in orphans,
    )
