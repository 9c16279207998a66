"""What programs are shown of a case: to each audience the same as on its page, field by field."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from network_app.pages.operations import Section
from network_app.pages.payload import Money, Output
from urgent_appeals.rules.audiences import Audience, EvidenceKind, MessageKind, TriageChoice
from urgent_appeals.rules.calls import Action, CallAnswer
from urgent_appeals.rules.clocks import Clock, Promise
from urgent_appeals.rules.consent import Basis, Use
from urgent_appeals.rules.demands import DemandKind, DemandState, PaymentRoute
from urgent_appeals.rules.stages import FiledVia, Outcome, Stage

api = Section("appeals", "Urgent appeals, from triage to remedy, and the calls to act that they bring.")


class CaseShort(Output):
    """A case in the queue. Heading, coordinator and promise are for its team only."""

    ref: str
    audience: Audience
    clock: Clock
    stage: Stage
    country: str
    title: str
    coordinator: str
    promise: Promise | None
    due_at: dt.datetime | None
    late: bool


class Promised(Output):
    """What was promised by when."""

    promise: Promise
    at: dt.datetime
    late: bool


class Decision(Output):
    """The three tests in writing, and the second organisation that confirmed them."""

    choice: TriageChoice
    genuine: str | None
    wanted: str | None
    useful: str | None
    reason: str | None
    proposed_by: str
    decided_at: dt.datetime
    confirmed_by: str
    confirmed_at: dt.datetime | None


class SecondSource(Output):
    """A second source, asked by a second organisation."""

    organisation: str
    source: str | None
    verified_at: dt.datetime


class ConsentShown(Output):
    """A yes or a no, on whose word, and whether it holds now."""

    id: UUID
    use: Use
    granted: bool
    basis: Basis
    giver: str | None
    how: str | None
    language: str
    recorded_at: dt.datetime
    expires_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    valid: bool
    waits_for_second: bool


class EvidenceShown(Output):
    """A file that somebody gave. Looking at it is an act of its own, and logged."""

    id: UUID
    kind: EvidenceKind
    caption: str | None
    from_workers: bool
    given_at: dt.datetime
    original: str
    clearance: Audience


class MessageShown(Output):
    """A question, an answer, an addition or news."""

    kind: MessageKind
    language: str
    text: str | None
    written_by: str
    sent_at: dt.datetime
    read: bool


class TimelineEntry(Output):
    """One line of the timeline, in words."""

    at: dt.datetime
    sentence: str


class CompanyOfCase(Output):
    """A target of a case; nobody sees to an orphan."""

    target_id: UUID
    slug: str
    name: str
    answering: str
    reason: str
    sees_to_it: str
    in_conflict: bool


class CallShown(Output):
    """An organisation that was asked, why, and what it said."""

    ref: str
    organisation: str
    reasons: list[str]
    asked: list[Action]
    due_at: dt.datetime
    answer: CallAnswer | None
    answer_text: str
    answered_at: dt.datetime | None


class TextShown(Output):
    """What a circle may read."""

    audience: Audience
    version: int
    language: str
    fields: dict[str, str]


class PaymentShown(Output):
    """One line of a demand's ledger."""

    nr: int
    route: PaymentRoute
    amount: Money
    currency: str
    paid_on: dt.date
    payer: str
    workers_counted: int | None
    note: str


class DemandShown(Output):
    """A demand. Words, sums and the ledger are for the case team."""

    id: UUID
    kind: DemandKind
    state: DemandState
    what: str | None
    amount: Money | None
    currency: str | None
    wanted: int | None
    reached: int | None
    payments: list[PaymentShown]


class TeamPart(Output):
    """What only the case team may read."""

    title: str | None
    language: str
    account: str | None
    wanted: str | None
    workplace: str | None
    place: str | None
    brands: str | None
    workers_count: int | None
    contact: str | None
    filed_via: FiledVia
    came_in: str | None
    facility: str | None
    speaks_for_workers: str
    coordinator: str
    team: list[str]
    outcome: Outcome | None
    possibly_coerced: bool
    publication_stopped_at: dt.datetime | None
    stopped_at: dt.datetime | None
    promises: list[Promised]
    decision: Decision | None
    verifications: list[SecondSource]
    uses: dict[Use, bool]
    consents: list[ConsentShown]
    evidence: list[EvidenceShown]
    messages: list[MessageShown]
    timeline: list[TimelineEntry]
    targets: list[CompanyOfCase]
    texts_waiting: list[TextShown]


class Case(Output):
    """A case as its reader may see it; `team` is null outside the case team."""

    ref: str
    audience: Audience
    clock: Clock
    stage: Stage
    country: str
    texts: list[TextShown]
    calls: list[CallShown]
    demands: list[DemandShown]
    team: TeamPart | None
