"""What the network knows about targets without asking a database: kinds, states, evidence, the order of reviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from typing import TypeVar

from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled

Key = TypeVar("Key", bound=Hashable)


class TargetKind(Labelled):
    """Whom pressure can reach (DOMAIN 2)."""

    BRAND = "brand", lazy("Brand")
    OWNER = "owner", lazy("Factory owner")
    AUTHORITY = "authority", lazy("Authority")
    ASSOCIATION = "association", lazy("Employers' association")
    FINANCIER = "financier", lazy("Financier")
    SCHEME = "scheme", lazy("Scheme")


class FacilityStatus(Labelled):
    """What became of a workplace; one that moved or closed stays findable."""

    OPEN = "open", lazy("Open")
    CLOSED = "closed", lazy("Closed")
    MOVED = "moved", lazy("Moved")
    MERGED = "merged", lazy("Joined with another record")


class Evidence(Labelled):
    """What a sourcing claim rests on (DOMAIN 2)."""

    SUPPLIER_LIST = "supplier_list", lazy("Supplier list")
    LABEL = "label", lazy("Label photographed")
    ORDER_SHEET = "order_sheet", lazy("Order sheet")
    SHIPPING_RECORD = "shipping_record", lazy("Shipping record")
    TESTIMONY = "testimony", lazy("Worker testimony")
    PUBLISHED_REPORT = "published_report", lazy("Published report")


class LinkState(Labelled):
    """How far a sourcing claim has been reviewed."""

    UNREVIEWED = "unreviewed", lazy("Not reviewed yet")
    CONFIRMED = "confirmed", lazy("Confirmed")
    DISPUTED = "disputed", lazy("Disputed")
    ENDED = "ended", lazy("Ended")


class Confidence(Labelled):
    """How sure the one who made the claim is, in words and not in per cent."""

    LOW = "low", lazy("Not sure")
    MEDIUM = "medium", lazy("Fairly sure")
    HIGH = "high", lazy("Sure")


class Side(Labelled):
    """Who made a statement about a sourcing claim."""

    WORKERS = "workers", lazy("Workers")
    BRAND = "brand", lazy("The brand")
    FACTORY = "factory", lazy("The factory")
    OTHER = "other", lazy("Others")


class Stance(Labelled):
    """What a statement does to the claim it is about."""

    SUPPORTS = "supports", lazy("says it is so")
    DENIES = "denies", lazy("denies it")
    SAYS_ENDED = "says_ended", lazy("says it has ended")


class Topic(Labelled):
    """What a dated fact from a public list is about."""

    PAYUP = "payup", lazy("Will it pay for orders cancelled in the pandemic?")
    SIGNATORIES = "signatories", lazy("Companies that signed")
    WAGE = "wage", lazy("Actual wage, in per cent of the living-wage benchmark")


class RowOutcome(Labelled):
    """What became of one row of a facility list."""

    NEW = "new", lazy("New facility")
    KNOWN = "known", lazy("Already on record")
    PROPOSED = "proposed", lazy("Perhaps the same: please decide")
    PROBLEM = "problem", lazy("Not read")
    CONFIRMED = "confirmed", lazy("Confirmed as the same")
    KEPT_APART = "kept_apart", lazy("Kept apart")


VALUE_LABELS: dict[str, LazyText] = {
    "committed_to_pay": lazy("Committed to pay"),
    "no_commitment": lazy("No commitment"),
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
