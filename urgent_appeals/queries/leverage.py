"""What the leverage rule is fed with: the targets of a case and what is known of every organisation that could help."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from members.models import CoalitionMembership, Organisation
from members.queries import organisations
from network_app.core import clock
from network_app.core.charter import span
from network_app.core.decisions import Act, Decision, Need, decision
from network_app.core.i18n import LazyText, lazy
from network_app.targets.queries import answering_company, get_target
from urgent_appeals.models import (
    Appeal,
    AppealTarget,
    AskedOrganisation,
    AudienceText,
    Call,
    CallOptOut,
    FanOut,
    Verification,
)
from urgent_appeals.queries.case import consent_holds, is_verified
from urgent_appeals.queries.experience import answered_before, campaigning_on
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import ANSWER_WITHIN
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.leverage import Candidate, CaseFacts, Leverage, MemberFacts, ReasonKind, TargetFacts, leverage

# The load of an organisation is what it was asked in this time; a calendar month would reset it overnight.
MONTH = timedelta(days=30)
# DOMAIN 0: so long any organisation of the workers' country may stop what would be said in public.
QUIET_BEFORE_PUBLIC = span("quiet_before_public")


@dataclass(frozen=True)
class Gate:
    """One condition of the fan-out, in words, and whether it holds now."""

    words: LazyText
    holds: bool


@dataclass(frozen=True)
class FanOutPreview:
    """What a press on the button would do, so that the page shows exactly that and the act does exactly that."""

    round: int
    answer: Leverage
    asked: tuple[Candidate, ...]
    already: tuple[Candidate, ...]
    gates: tuple[Gate, ...]
    text: AudienceText | None
    decision: Decision
    answer_within: timedelta
    in_public: bool

    @property
    def is_open(self) -> bool:
        """Whether every gate holds and there is somebody to ask."""
        return bool(self.asked) and all(gate.holds for gate in self.gates)

    def grouped(self) -> list[tuple[ReasonKind, list[Candidate]]]:
        """Those who would be asked, under their strongest reason."""
        kinds = {candidate.strongest for candidate in self.asked}
        return [(kind, [one for one in self.asked if one.strongest is kind]) for kind in ReasonKind if kind in kinds]


def fan_out_preview(session: Session, appeal: Appeal) -> FanOutPreview:
    """Whom the next round would ask and why, and which gates are shut. Somebody already asked is not asked again."""
    answer = leverage_of(session, appeal)
    called = live_calls(session, appeal.id)
    rule = decision(Act.FAN_OUT, danger=appeal.clock is Clock.DANGER)
    text = approved_text(session, appeal.id, Audience.NETWORK)
    return FanOutPreview(
        round=next_round(session, appeal.id),
        answer=answer,
        asked=tuple(one for one in answer.asked if one.member.id not in called),
        already=tuple(one for one in answer.asked if one.member.id in called),
        gates=_gates(session, appeal, rule, text),
        text=text,
        decision=rule,
        answer_within=ANSWER_WITHIN[appeal.clock],
        in_public=may_speak_publicly(session, appeal),
    )


def leverage_of(session: Session, appeal: Appeal) -> Leverage:
    """Who has leverage on the targets of this case, with reasons (DOMAIN 3)."""
    targets = target_facts(session, appeal.id)
    beside_them = (appeal.filer_organisation_id, appeal.workers_organisation_id)
    own = frozenset(one for one in beside_them if one is not None)
    memberships = _memberships(session)
    case = CaseFacts(
        danger=appeal.clock is Clock.DANGER,
        own=own,
        coalitions=frozenset(coalition for one in own for coalition in memberships[one]),
        languages=frozenset({appeal.language}),
        asked=frozenset(
            session.scalars(select(AskedOrganisation.organisation_id).where(AskedOrganisation.appeal_id == appeal.id))
        ),
    )
    return leverage(case, targets, _member_facts(session, targets, memberships))


def target_facts(session: Session, appeal_id: uuid.UUID) -> list[TargetFacts]:
    """The targets of a case, each as the company that answers: several sub-brands are one (DOMAIN 2)."""
    named = session.scalars(select(AppealTarget.target_id).where(AppealTarget.appeal_id == appeal_id))
    known: dict[uuid.UUID, TargetFacts] = {}
    for target_id in named:
        target, answering = get_target(session, target_id), answering_company(session, target_id)
        before = known.get(answering.id)
        known[answering.id] = TargetFacts(
            id=answering.id,
            name=answering.name,
            kind=answering.kind.value,
            home_country=answering.home_country,
            markets=frozenset([*answering.markets, *target.markets]) | (before.markets if before else frozenset()),
            named=tuple(sorted({target.name, *(before.named if before else ())})),
        )
    return list(known.values())


def live_calls(session: Session, appeal_id: uuid.UUID) -> dict[uuid.UUID, Call]:
    """Per organisation the newest call of this case that was not undone."""
    rows = select(Call).where(Call.appeal_id == appeal_id, Call.recalled_at.is_(None)).order_by(Call.round)
    return {call.organisation_id: call for call in session.scalars(rows)}


def next_round(session: Session, appeal_id: uuid.UUID) -> int:
    """The number that the next fan-out of this case gets."""
    return (session.scalar(select(func.max(FanOut.round)).where(FanOut.appeal_id == appeal_id)) or 0) + 1


def approved_text(session: Session, appeal_id: uuid.UUID, audience: Audience) -> AudienceText | None:
    """The newest text for this circle that a second person approved and nobody took back."""
    rows = (
        select(AudienceText)
        .where(AudienceText.appeal_id == appeal_id, AudienceText.audience == audience)
        .where(AudienceText.approved_at.is_not(None), AudienceText.withdrawn_at.is_(None))
        .order_by(AudienceText.version.desc())
    )
    return session.scalars(rows.limit(1)).first()


def may_speak_publicly(session: Session, appeal: Appeal) -> bool:
    """DOMAIN 0: on the harm clock a campaign's vote decides and not a call; in danger, consent and 24 quiet hours."""
    text = approved_text(session, appeal.id, Audience.PUBLIC)
    if appeal.clock is not Clock.DANGER or text is None or text.approved_at is None:
        return False
    quiet = clock.now(session) - text.approved_at >= QUIET_BEFORE_PUBLIC
    return quiet and consent_holds(session, appeal.id, Use.PUBLISH)


def verifiers_of(session: Session, appeal_id: uuid.UUID) -> set[uuid.UUID]:
    """The organisations whose verification of the case stands."""
    rows = select(Verification.organisation_id).where(Verification.appeal_id == appeal_id)
    return set(session.scalars(rows.where(Verification.replaced_at.is_(None))))


def _gates(session: Session, appeal: Appeal, rule: Decision, text: AudienceText | None) -> tuple[Gate, ...]:
    verified = is_verified(session, appeal.id)
    holds = {
        Need.SECOND_SOURCE: verified,
        Need.ONE_VERIFIER: verified,
        Need.CONSENT_NETWORK: consent_holds(session, appeal.id, Use.SHARE_WITH_NETWORK),
    }
    return (
        *(Gate(need.label, holds[need]) for need in rule.needs),
        Gate(lazy("a second person has approved the text for the network"), text is not None),
        Gate(lazy("the case is accepted and nobody has paused or stopped it"), appeal.goes_outward),
    )


def _member_facts(
    session: Session, targets: list[TargetFacts], memberships: dict[uuid.UUID, set[uuid.UUID]]
) -> list[MemberFacts]:
    target_ids = [target.id for target in targets]
    answers = answered_before(session, target_ids)
    campaigns = campaigning_on(session, target_ids)
    load, opt_outs = _load(session), _opt_outs(session)
    return [
        MemberFacts(
            id=member.id,
            name=member.name,
            country=member.country,
            languages=frozenset(member.languages),
            coalitions=frozenset(memberships[member.id]),
            campaigns_on=frozenset(campaigns[member.id]),
            answers_from=frozenset(answers[member.id]),
            load=load[member.id],
            cap=member.monthly_call_cap,
            opted_out=None in opt_outs[member.id],
            opted_out_of=frozenset(one for one in opt_outs[member.id] if one is not None),
        )
        for member in _askable(session)
    ]


def _askable(session: Session) -> list[Organisation]:
    return [one for one in organisations(session) if not one.secretariat]


def _memberships(session: Session) -> dict[uuid.UUID, set[uuid.UUID]]:
    rows = select(CoalitionMembership.organisation_id, CoalitionMembership.coalition_id).where(
        CoalitionMembership.until.is_(None)
    )
    known: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for organisation_id, coalition_id in session.execute(rows):
        known[organisation_id].add(coalition_id)
    return known


def _load(session: Session) -> dict[uuid.UUID, int]:
    since = clock.now(session) - MONTH
    rows = (
        select(Call.organisation_id, func.count())
        .where(Call.opened_at > since, Call.recalled_at.is_(None))
        .group_by(Call.organisation_id)
    )
    return defaultdict(int, {organisation_id: count for organisation_id, count in session.execute(rows)})


def _opt_outs(session: Session) -> dict[uuid.UUID, set[uuid.UUID | None]]:
    now = clock.now(session)
    rows = select(CallOptOut.organisation_id, CallOptOut.target_id).where(
        CallOptOut.since <= now, or_(CallOptOut.until.is_(None), CallOptOut.until > now)
    )
    known: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    for organisation_id, target_id in session.execute(rows):
        known[organisation_id].add(target_id)
    return known
