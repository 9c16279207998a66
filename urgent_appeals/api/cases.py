"""Reading cases: the queue, and one case as its reader may see it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from network_app.core import audit
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import AskedPage, Country, Output, Page
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import (
    CallShown,
    Case,
    CaseShort,
    CompanyOfCase,
    ConsentShown,
    Decision,
    DemandShown,
    EvidenceShown,
    MessageShown,
    PaymentShown,
    Promised,
    SecondSource,
    TeamPart,
    TextShown,
    TimelineEntry,
    api,
)
from urgent_appeals.queries.case_page import CasePage, case_page
from urgent_appeals.queries.queue import QueueRow, Wish, appeals_after
from urgent_appeals.queries.remedy import DemandRow, demands_of
from urgent_appeals.queries.response import CallRow, TargetRow, calls_of_appeal, targets_of, team_case
from urgent_appeals.queries.texts import texts_of
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import EARLY, Stage


class CasesAsked(AskedPage):
    """What to look for."""

    text: str = Field("", max_length=80)
    stage: Stage | None = None
    clock: Clock | None = None
    country: Country | None = None


class LinkShown(Output):
    """One link of the case's chain."""

    seq: int
    at: str
    act: str
    hash: str
    prev_hash: str


class Record(Output):
    """The case's chain, link by link, and whether it holds."""

    holds: bool
    links: list[LinkShown]


@api.get(
    "/appeals",
    gives=Page[CaseShort],
    asks=CasesAsked,
    scope=Scope.READ_APPEALS,
    may=Permission.SEE_APPEALS,
    web="appeals.queue",
)
def queue(asked: CasesAsked) -> Page[CaseShort]:
    """List the appeals I may see, the most urgent first."""
    wish = Wish(asked.text, asked.stage or "", asked.clock or "", asked.country or "")
    rows, following = appeals_after(db(), actor(), wish, after=asked.after or None)
    return Page(items=[_short(row) for row in rows], next=following)


def _short(row: QueueRow) -> CaseShort:
    return CaseShort(
        ref=row.appeal.ref,
        audience=row.audience,
        clock=row.appeal.clock,
        stage=row.appeal.stage,
        country=row.appeal.country,
        title=row.title,
        coordinator=row.coordinator,
        promise=row.due.promise if row.due else None,
        due_at=row.due.at if row.due else None,
        late=row.late,
    )


@api.get("/appeals/<ref>", gives=Case, scope=Scope.READ_APPEALS, web="appeals.case remedy.demands remedy.targets")
def show(ref: str) -> Case:
    """Read one case, as I may see it."""
    shown = case_page(db(), actor(), ref)
    appeal, team = shown.appeal, shown.audience is Audience.CASE_TEAM
    early = team and appeal.stage in EARLY
    circles = texts_of(db(), appeal, drafts=team)
    calls = [] if early else calls_of_appeal(db(), appeal)
    own = [row for row in calls if team or row.call.organisation_id == actor().organisation_id]
    return Case(
        ref=appeal.ref,
        audience=shown.audience,
        clock=appeal.clock,
        stage=appeal.stage,
        country=appeal.country,
        texts=[_text(circle.audience, circle.shown) for circle in circles if circle.shown],
        calls=[call_shown(row) for row in own],
        demands=[] if early else [demand_shown(row, team=team) for row in demands_of(db(), appeal.id)],
        team=_team(shown, [_text(c.audience, c.waiting) for c in circles if c.waiting]) if team else None,
    )


def _text(audience: Audience, text: Any) -> TextShown:
    return TextShown(audience=audience, version=text.version, language=text.language, fields=text.fields)


def call_shown(row: CallRow) -> CallShown:
    """One call, for whoever may see it."""
    call = row.call
    return CallShown(
        ref=row.ref,
        organisation=row.organisation,
        reasons=[str(reason) for reason in row.reasons],
        asked=call.asked,
        due_at=call.due_at,
        answer=call.answer,
        answer_text=call.answer_text,
        answered_at=call.answered_at,
    )


def demand_shown(row: DemandRow, *, team: bool) -> DemandShown:
    """One demand. Outside the team only its kind and how far it is: the words and sums were written for the team."""
    demand = row.demand
    return DemandShown(
        id=demand.id,
        kind=demand.kind,
        state=demand.state,
        what=demand.what if team else None,
        amount=demand.amount if team else None,
        currency=demand.currency if team else None,
        wanted=demand.wanted if team else None,
        reached=demand.reached if team else None,
        payments=PaymentShown.all_of(row.payments) if team else [],
    )


def _team(shown: CasePage, waiting: list[TextShown]) -> TeamPart:
    appeal = shown.appeal
    names, handles = shown.organisations, shown.handles
    spoken = appeal.workers_organisation_id
    return TeamPart(
        title=appeal.title,
        language=appeal.language,
        account=appeal.account,
        wanted=appeal.wanted,
        workplace=appeal.workplace,
        place=appeal.place,
        brands=appeal.brands,
        workers_count=appeal.workers_count,
        contact=appeal.contact,
        filed_via=appeal.filed_via,
        came_in=appeal.came_in,
        facility=shown.facility.ref if shown.facility else None,
        speaks_for_workers=names.get(spoken, "") if spoken else "",
        coordinator=handles.get(appeal.coordinator_id, "") if appeal.coordinator_id else "",
        team=shown.team,
        outcome=appeal.outcome,
        possibly_coerced=appeal.possibly_coerced,
        publication_stopped_at=appeal.publication_stopped_at,
        stopped_at=appeal.stopped_at,
        promises=[Promised(promise=due.promise, at=due.at, late=due.is_late(shown.now)) for due in shown.promises],
        decision=_decision(shown),
        verifications=_verifications(shown),
        uses=dict(shown.uses),
        consents=[_consent(line) for line in shown.consents],
        evidence=[_evidence(item) for item in shown.evidence],
        messages=_messages(shown),
        timeline=[TimelineEntry(at=entry.at, sentence=str(entry.sentence)) for entry in shown.timeline],
        targets=[] if appeal.stage in EARLY else [company_of_case(row) for row in targets_of(db(), appeal)],
        texts_waiting=waiting,
    )


def _decision(shown: CasePage) -> Decision | None:
    said, names = shown.decision, shown.organisations
    if said is None:
        return None
    second = said.confirmed_organisation_id
    return Decision(
        choice=said.choice,
        genuine=said.genuine,
        wanted=said.wanted,
        useful=said.useful,
        reason=said.reason,
        proposed_by=names.get(said.organisation_id, ""),
        decided_at=said.decided_at,
        confirmed_by=names.get(second, "") if second else "",
        confirmed_at=said.confirmed_at,
    )


def _verifications(shown: CasePage) -> list[SecondSource]:
    names = shown.organisations
    return [
        SecondSource(organisation=names.get(one.organisation_id, ""), source=one.source, verified_at=one.verified_at)
        for one in shown.verifications
        if not one.replaced_at
    ]


def _consent(line: Any) -> ConsentShown:
    record = line.record
    named = ("id", "use", "granted", "basis", "giver", "how", "language", "recorded_at", "expires_at", "withdrawn_at")
    return ConsentShown(
        **{name: getattr(record, name) for name in named}, valid=line.valid, waits_for_second=line.waits_for_second
    )


def _evidence(item: Any) -> EvidenceShown:
    named = ("id", "kind", "caption", "given_at", "original", "clearance")
    return EvidenceShown(**{name: getattr(item, name) for name in named}, from_workers=item.given_by_id is None)


def _messages(shown: CasePage) -> list[MessageShown]:
    return [
        MessageShown(
            kind=message.kind,
            language=message.language,
            text=message.text,
            written_by=shown.handles.get(message.written_by_id, "") if message.written_by_id else "",
            sent_at=message.sent_at,
            read=message.read_at is not None,
        )
        for message in shown.messages
    ]


def company_of_case(row: TargetRow) -> CompanyOfCase:
    """One target of a case."""
    return CompanyOfCase(
        target_id=row.target.id,
        slug=row.target.slug,
        name=row.name,
        answering=row.answering.name,
        reason=row.reason,
        sees_to_it=row.owner,
        in_conflict=row.in_conflict,
    )


@api.get("/appeals/<ref>/record", gives=Record, scope=Scope.READ_APPEALS, web="remedy.record")
def record(ref: str) -> Record:
    """Read the case's chain, link by link, and whether it holds."""
    chain = f"appeal:{team_case(db(), actor(), ref).id}"
    links = [
        LinkShown(
            seq=link.seq,
            at=link.at.isoformat(),
            act=str(link.body["act"]),
            hash=link.hash,
            prev_hash=link.prev_hash,
        )
        for link in audit.links(db(), chain)
    ]
    return Record(holds=audit.verify(db(), chain) is None, links=links)
