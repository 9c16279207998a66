"""What the network does about a case, as its pages show it: targets, calls and answers, demands and money."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import NotFound
from network_app.core.paging import Slice, page_of
from network_app.core.permissions import Actor
from network_app.letters.models import Letter
from network_app.targets.models import SourcingLink, Target
from network_app.targets.queries import answering_company, get_target, links_of_facility
from urgent_appeals.models import Appeal, AppealTarget, Call, CallOptOut, FanOut
from urgent_appeals.queries.case import case_audience, get_appeal, names_of, speaks_for_workers
from urgent_appeals.queries.remedy import demands_of, totals_of
from urgent_appeals.queries.texts import texts_of
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import Action
from urgent_appeals.rules.leverage import Reason, in_words
from urgent_appeals.rules.stages import EARLY, OUTWARD
from urgent_appeals.rules.texts import FIELDS

CALLS_IN_ORDER = (Call.opened_at.desc(), Call.id)


@dataclass(frozen=True)
class TargetRow:
    """A target of a case: who answers for it, every claim about its tie to the workplace, who sees to it."""

    target: Target
    answering: Target
    reason: str
    links: Sequence[SourcingLink]
    owner: str

    @property
    def is_orphan(self) -> bool:
        """Whether nobody in the network sees to it."""
        return not self.owner

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
    appeal: Appeal
    organisation: str
    reasons: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def ref(self) -> str:
        """The reference of the case."""
        return self.appeal.ref

    @property
    def is_open(self) -> bool:
        """Whether nothing was answered yet."""
        return self.call.answer is None


def team_case(session: Session, actor: Actor, ref: str) -> Appeal:
    """A case for somebody of its team. Raises NotFound for everybody else, whether it exists or not."""
    appeal = get_appeal(session, ref)
    if case_audience(session, actor, appeal) is not Audience.CASE_TEAM:
        raise NotFound()
    return appeal


def response_values(
    session: Session, actor: Actor, appeal: Appeal, *, audience: Audience = Audience.CASE_TEAM
) -> dict[str, Any]:
    """What the case page shows of the response. Outside the case team, of the calls only the actor's own."""
    team = audience is Audience.CASE_TEAM
    early = team and appeal.stage in EARLY
    demands = [] if early else demands_of(session, appeal.id)
    calls = [] if early else calls_of_appeal(session, appeal)
    return {
        "appeal": appeal,
        "in_team": team,
        # Until it is accepted, the page shows nothing of the response.
        "early": early,
        "targets": targets_of(session, appeal) if team and not early else [],
        "calls": calls if team else [row for row in calls if row.call.organisation_id == actor.organisation_id],
        "demands": demands,
        "totals": totals_of(demands),
        "texts": texts_of(session, appeal, drafts=team),
        "text_fields": FIELDS,
        "round": last_round(session, appeal.id) if team and not early else None,
        "for_workers": speaks_for_workers(actor, appeal),
        "now": clock.now(session),
    }


def targets_of(session: Session, appeal: Appeal) -> list[TargetRow]:
    """The targets of a case with the conflicting claims about each; those that nobody sees to come first."""
    rows = select(AppealTarget, Target).join(Target, Target.id == AppealTarget.target_id)
    named = session.execute(rows.where(AppealTarget.appeal_id == appeal.id)).all()
    if not named:
        return []
    links = links_of_facility(session, appeal.facility_id) if appeal.facility_id else []
    owners = names_of(session, [one.owner_organisation_id for one, _ in named])
    known = [
        TargetRow(
            target=target,
            answering=answering_company(session, target.id) if target.parent_id else target,
            reason=one.reason,
            links=[link for link in links if link.target_id == target.id],
            owner=owners.get(one.owner_organisation_id, "") if one.owner_organisation_id else "",
        )
        for one, target in named
    ]
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
    return _call_rows(session, calls, {appeal.id: appeal})


def open_calls_for(session: Session, organisation_id: uuid.UUID) -> list[CallRow]:
    """What an organisation was asked and has not answered yet, or promised and not reported, the most urgent first."""
    rows = _left(session).where(Call.organisation_id == organisation_id, Call.answer.is_distinct_from("done"))
    calls = session.scalars(rows.where(Appeal.stage.in_(OUTWARD)).order_by(Call.due_at)).all()
    return [row for row in _call_rows(session, calls) if row.call.answer != "cannot"]


def calls_to(session: Session, organisation_id: uuid.UUID) -> list[CallRow]:
    """Everything an organisation was ever asked, newest first."""
    rows = _left(session).where(Call.organisation_id == organisation_id).order_by(*CALLS_IN_ORDER)
    return _call_rows(session, session.scalars(rows).all())


def calls_after(session: Session, organisation_id: uuid.UUID, *, after: str | None, size: int) -> Slice:
    """The same list from a place in it. Raises Invalid for no place."""
    chosen = _left(session).where(Call.organisation_id == organisation_id)
    found = page_of(session, chosen, *CALLS_IN_ORDER, after=after, size=size, strict=True)
    return Slice(_call_rows(session, found.rows), found.next)


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


def _call_rows(
    session: Session, calls: Sequence[Call], appeals: Mapping[uuid.UUID, Appeal] | None = None
) -> list[CallRow]:
    if not calls:
        return []
    names = names_of(session, [call.organisation_id for call in calls])
    known = appeals or _appeals(session, {call.appeal_id for call in calls})
    return [
        CallRow(
            call=call,
            appeal=known[call.appeal_id],
            organisation=names[call.organisation_id],
            reasons=tuple(in_words(Reason.from_json(reason)) for reason in call.reasons),
            asked=tuple(str(Action(action).label) for action in call.asked),
        )
        for call in calls
    ]


def _appeals(session: Session, appeal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Appeal]:
    return {appeal.id: appeal for appeal in session.scalars(select(Appeal).where(Appeal.id.in_(appeal_ids)))}
