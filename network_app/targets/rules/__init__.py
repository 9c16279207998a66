"""What the network knows about targets without asking a database: kinds, states, evidence, the order of reviews."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from network_app.core.i18n import LazyText, lazy

Key = TypeVar("Key", bound=Hashable)


class Labelled(enum.StrEnum):
    """A closed list whose members a person reads as words."""

    @property
    def label(self) -> LazyText:
        """The word for people."""
        return LABELS[type(self)][self]


class TargetKind(Labelled):
    """Whom pressure can reach (DOMAIN 2)."""

    BRAND = "brand"
    OWNER = "owner"
    AUTHORITY = "authority"
    ASSOCIATION = "association"
    FINANCIER = "financier"
    SCHEME = "scheme"


class FacilityStatus(Labelled):
    """What became of a workplace; one that moved or closed stays findable."""

    OPEN = "open"
    CLOSED = "closed"
    MOVED = "moved"
    MERGED = "merged"


class Evidence(Labelled):
    """What a sourcing claim rests on (DOMAIN 2)."""

    SUPPLIER_LIST = "supplier_list"
    LABEL = "label"
    ORDER_SHEET = "order_sheet"
    SHIPPING_RECORD = "shipping_record"
    TESTIMONY = "testimony"
    PUBLISHED_REPORT = "published_report"


class LinkState(Labelled):
    """How far a sourcing claim has been reviewed."""

    UNREVIEWED = "unreviewed"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ENDED = "ended"


class Confidence(Labelled):
    """How sure the one who made the claim is, in words and not in per cent."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Side(Labelled):
    """Who made a statement about a sourcing claim."""

    WORKERS = "workers"
    BRAND = "brand"
    FACTORY = "factory"
    OTHER = "other"


class Stance(Labelled):
    """What a statement does to the claim it is about."""

    SUPPORTS = "supports"
    DENIES = "denies"
    SAYS_ENDED = "says_ended"


class Topic(Labelled):
    """What a dated fact from a public list is about."""

    PAYUP = "payup"
    SIGNATORIES = "signatories"
    WAGE = "wage"


class RowOutcome(Labelled):
    """What became of one row of a facility list."""

    NEW = "new"
    KNOWN = "known"
    PROPOSED = "proposed"
    PROBLEM = "problem"
    CONFIRMED = "confirmed"
    KEPT_APART = "kept_apart"


KIND_LABELS: dict[TargetKind, LazyText] = {
    TargetKind.BRAND: lazy("Brand"),
    TargetKind.OWNER: lazy("Factory owner"),
    TargetKind.AUTHORITY: lazy("Authority"),
    TargetKind.ASSOCIATION: lazy("Employers' association"),
    TargetKind.FINANCIER: lazy("Financier"),
    TargetKind.SCHEME: lazy("Scheme"),
}
FACILITY_STATUS_LABELS: dict[FacilityStatus, LazyText] = {
    FacilityStatus.OPEN: lazy("Open"),
    FacilityStatus.CLOSED: lazy("Closed"),
    FacilityStatus.MOVED: lazy("Moved"),
    FacilityStatus.MERGED: lazy("Joined with another record"),
}
EVIDENCE_LABELS: dict[Evidence, LazyText] = {
    Evidence.SUPPLIER_LIST: lazy("Supplier list"),
    Evidence.LABEL: lazy("Label photographed"),
    Evidence.ORDER_SHEET: lazy("Order sheet"),
    Evidence.SHIPPING_RECORD: lazy("Shipping record"),
    Evidence.TESTIMONY: lazy("Worker testimony"),
    Evidence.PUBLISHED_REPORT: lazy("Published report"),
}
LINK_STATE_LABELS: dict[LinkState, LazyText] = {
    LinkState.UNREVIEWED: lazy("Not reviewed yet"),
    LinkState.CONFIRMED: lazy("Confirmed"),
    LinkState.DISPUTED: lazy("Disputed"),
    LinkState.ENDED: lazy("Ended"),
}
CONFIDENCE_LABELS: dict[Confidence, LazyText] = {
    Confidence.LOW: lazy("Not sure"),
    Confidence.MEDIUM: lazy("Fairly sure"),
    Confidence.HIGH: lazy("Sure"),
}
SIDE_LABELS: dict[Side, LazyText] = {
    Side.WORKERS: lazy("Workers"),
    Side.BRAND: lazy("The brand"),
    Side.FACTORY: lazy("The factory"),
    Side.OTHER: lazy("Others"),
}
STANCE_LABELS: dict[Stance, LazyText] = {
    Stance.SUPPORTS: lazy("says it is so"),
    Stance.DENIES: lazy("denies it"),
    Stance.SAYS_ENDED: lazy("says it has ended"),
}
TOPIC_LABELS: dict[Topic, LazyText] = {
    Topic.PAYUP: lazy("Will it pay for orders cancelled in the pandemic?"),
    Topic.SIGNATORIES: lazy("Companies that signed"),
    Topic.WAGE: lazy("Actual wage, in per cent of the living-wage benchmark"),
}
VALUE_LABELS: dict[str, LazyText] = {
    "committed_to_pay": lazy("Committed to pay"),
    "no_commitment": lazy("No commitment"),
}
OUTCOME_LABELS: dict[RowOutcome, LazyText] = {
    RowOutcome.NEW: lazy("New facility"),
    RowOutcome.KNOWN: lazy("Already on record"),
    RowOutcome.PROPOSED: lazy("Perhaps the same: please decide"),
    RowOutcome.PROBLEM: lazy("Not read"),
    RowOutcome.CONFIRMED: lazy("Confirmed as the same"),
    RowOutcome.KEPT_APART: lazy("Kept apart"),
}

LABELS: dict[type[Labelled], Mapping[Any, LazyText]] = {
    TargetKind: KIND_LABELS,
    FacilityStatus: FACILITY_STATUS_LABELS,
    Evidence: EVIDENCE_LABELS,
    LinkState: LINK_STATE_LABELS,
    Confidence: CONFIDENCE_LABELS,
    Side: SIDE_LABELS,
    Stance: STANCE_LABELS,
    RowOutcome: OUTCOME_LABELS,
    Topic: TOPIC_LABELS,
}

# A review never returns a claim to "unreviewed": somebody has looked at it.
REVIEW_STEPS: dict[LinkState, frozenset[LinkState]] = {
    LinkState.UNREVIEWED: frozenset({LinkState.CONFIRMED, LinkState.DISPUTED, LinkState.ENDED}),
    LinkState.CONFIRMED: frozenset({LinkState.DISPUTED, LinkState.ENDED}),
    LinkState.DISPUTED: frozenset({LinkState.CONFIRMED, LinkState.ENDED}),
    LinkState.ENDED: frozenset({LinkState.CONFIRMED, LinkState.DISPUTED}),
}

# Lists write a workplace in Hong Kong or Macau as often under China.
SHARED_LISTS = frozenset({"CN", "HK", "MO"})


def would_loop(child: Key, parent: Key, parent_of: Callable[[Key], Key | None]) -> bool:
    """Say whether making `parent` the parent of `child` would close a circle."""
    step: Key | None = parent
    while step is not None:
        if step == child:
            return True
        step = parent_of(step)
    return False


def contradicts(stance: Stance, ended_on: dt.date | None, last_seen: dt.date | None) -> bool:
    """Say whether a statement contradicts the claim it is about, so that both sides must be shown.

    "Ended on" does not contradict a claim that saw nothing later than that day.
    """
    if stance is Stance.SAYS_ENDED:
        return ended_on is None or last_seen is None or ended_on < last_seen
    return stance is Stance.DENIES
