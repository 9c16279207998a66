"""What programs are shown of targets and workplaces: the same as people on the pages, field by field."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from network_app.pages.operations import Section
from network_app.pages.payload import Output
from network_app.targets.rules import (
    Confidence,
    Evidence,
    FacilityStatus,
    LinkState,
    Side,
    Stance,
    TargetKind,
    Topic,
)

api = Section("targets", "Brands, owners, authorities, workplaces, and who is said to buy where.")


class TargetShort(Output):
    """A target in a list."""

    id: UUID
    slug: str
    name: str
    kind: TargetKind
    home_country: str | None


class FacilityShort(Output):
    """A workplace in a list."""

    id: UUID
    ref: str
    name: str
    country: str
    address: str
    status: FacilityStatus


class Alias(Output):
    """Another name of a target."""

    name: str
    source: str


class OwnerSaid(Output):
    """What a source says about who owns a target."""

    parent: TargetShort
    year: int
    source: str


class Fact(Output):
    """A dated figure or answer from a public list."""

    topic: Topic
    value: str
    as_of: str
    source: str


class Statement(Output):
    """What one side says about a claim."""

    nr: int
    said_by: Side
    stance: Stance
    text: str
    said_on: dt.date | None
    ended_on: dt.date | None
    source: str
    recorded_at: dt.datetime


class Claim(Output):
    """A claim that a brand buys or bought at a workplace, with what each side says. Never a fact."""

    id: UUID
    target: TargetShort
    facility: FacilityShort
    evidence: Evidence
    claim: str
    first_seen: dt.date | None
    last_seen: dt.date | None
    confidence: Confidence
    state: LinkState
    in_conflict: bool
    review_note: str
    reviewed_at: dt.datetime | None
    ended_on: dt.date | None
    source: str
    claimed_at: dt.datetime
    statements: list[Statement]


class Contact(Output):
    """Where letters to a company go; only for those who may change it."""

    email: str
    language: str
    source: str
    since: dt.date | None
    bounced_at: dt.datetime | None


class Dossier(TargetShort):
    """Everything about a target."""

    markets: list[str]
    source: str
    added_at: dt.datetime
    aliases: list[Alias]
    parent: TargetShort | None
    children: list[TargetShort]
    parent_claims: list[OwnerSaid]
    facts: list[Fact]
    answers: TargetShort
    contact: Contact | None
    claims: list[Claim]
    runs: list[FacilityShort]


class WrittenAs(Output):
    """One way in which a workplace was written down."""

    name: str
    address: str
    source: str


class Workplace(FacilityShort):
    """Everything about a workplace."""

    lat: float | None
    lng: float | None
    owner: TargetShort | None
    status_since: dt.date | None
    merged_into: FacilityShort | None
    joined: list[FacilityShort]
    source: str
    added_at: dt.datetime
    names: list[WrittenAs]
    facts: list[Fact]
    claims: list[Claim]
