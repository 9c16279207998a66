"""The life of an appeal: one transition table, from which badges, filters and the diagram are built (DOMAIN 3)."""

from __future__ import annotations

from enum import StrEnum

from network_app.core.errors import Conflict, GateShut
from network_app.core.i18n import LazyText, lazy


class Stage(StrEnum):
    """Where an appeal stands."""

    DRAFT = "draft"
    RECEIVED = "received"
    TRIAGE = "triage"
    DECLINED = "declined"
    VERIFYING = "verifying"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    CLOSED = "closed"
    PAUSED_BY_WORKERS = "paused_by_workers"
    DORMANT = "dormant"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"

    @property
    def label(self) -> LazyText:
        """The stage in words."""
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.DRAFT: lazy("Draft"),
    Stage.RECEIVED: lazy("Received"),
    Stage.TRIAGE: lazy("Being looked at"),
    Stage.DECLINED: lazy("Declined"),
    Stage.VERIFYING: lazy("Being verified"),
    Stage.ACCEPTED: lazy("Accepted"),
    Stage.ACTIVE: lazy("Active"),
    Stage.CLOSED: lazy("Closed"),
    Stage.PAUSED_BY_WORKERS: lazy("Paused by the workers"),
    Stage.DORMANT: lazy("Dormant"),
    Stage.WITHDRAWN: lazy("Withdrawn"),
    Stage.REOPENED: lazy("Reopened"),
}

_BESIDE = frozenset({Stage.PAUSED_BY_WORKERS, Stage.WITHDRAWN})

# From each stage, the stages that may follow. Nothing else moves an appeal.
TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.RECEIVED}),
    Stage.RECEIVED: frozenset({Stage.TRIAGE}) | _BESIDE,
    Stage.TRIAGE: frozenset({Stage.DECLINED, Stage.VERIFYING}) | _BESIDE,
    Stage.DECLINED: frozenset({Stage.REOPENED}),
    Stage.VERIFYING: frozenset({Stage.ACCEPTED, Stage.DECLINED}) | _BESIDE,
    Stage.ACCEPTED: frozenset({Stage.ACTIVE, Stage.DORMANT, Stage.CLOSED}) | _BESIDE,
    Stage.ACTIVE: frozenset({Stage.CLOSED, Stage.DORMANT}) | _BESIDE,
    Stage.CLOSED: frozenset({Stage.REOPENED}),
    Stage.PAUSED_BY_WORKERS: frozenset(
        {Stage.RECEIVED, Stage.TRIAGE, Stage.VERIFYING, Stage.ACCEPTED, Stage.ACTIVE, Stage.WITHDRAWN}
    ),
    Stage.DORMANT: frozenset({Stage.ACCEPTED, Stage.ACTIVE, Stage.CLOSED, Stage.WITHDRAWN}),
    Stage.WITHDRAWN: frozenset({Stage.REOPENED}),
    Stage.REOPENED: frozenset({Stage.TRIAGE}),
}

UNVERIFIED = frozenset({Stage.DRAFT, Stage.RECEIVED, Stage.TRIAGE, Stage.VERIFYING, Stage.DECLINED, Stage.REOPENED})
ENDED = frozenset({Stage.DECLINED, Stage.CLOSED, Stage.WITHDRAWN})
# Only in these may anything leave the case team.
OUTWARD = frozenset({Stage.ACCEPTED, Stage.ACTIVE})
AWAITING_TRIAGE = frozenset({Stage.RECEIVED, Stage.TRIAGE, Stage.REOPENED})
# Before it is accepted, or anew after it was opened again.
EARLY = AWAITING_TRIAGE | {Stage.VERIFYING}
_RESUME = frozenset({Stage.PAUSED_BY_WORKERS, Stage.DORMANT})


def next_stage(current: Stage, wanted: Stage, *, verified: bool, before: Stage | None = None) -> Stage:
    """The stage an appeal gets when it is moved to `wanted`.

    `before` is the stage it was paused in: a pause ends there and nowhere further on, so that no stage is skipped.
    Raises Conflict where the table has no such step, GateShut where an unverified appeal would go outward.
    """
    if wanted not in TRANSITIONS[current]:
        raise Conflict(lazy("From “%(now)s” this step cannot be taken.") % {"now": current.label})
    leaving_pause = current in _RESUME and wanted not in ENDED
    if leaving_pause and before is not None and wanted is not before:
        raise Conflict(lazy("After a pause the appeal goes on where it stood: “%(stage)s”.") % {"stage": before.label})
    # Safety: an unverified appeal reaches neither targets, nor the network, nor the public (DOMAIN 3).
    if wanted in OUTWARD and not verified:
        raise GateShut(lazy("This appeal is not verified yet."))
    return wanted


class Outcome(StrEnum):
    """What the workers say came of it."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    WITHDRAWN_BY_WORKERS = "withdrawn_by_workers"
    UNSAFE = "unsafe"
    REFERRED = "referred"

    @property
    def label(self) -> LazyText:
        """The outcome in words."""
        return OUTCOME_LABELS[self]


OUTCOME_LABELS = {
    Outcome.FULL: lazy("Everything asked for was reached"),
    Outcome.PARTIAL: lazy("A part was reached"),
    Outcome.NONE: lazy("Nothing was reached"),
    Outcome.WITHDRAWN_BY_WORKERS: lazy("The workers took it back"),
    Outcome.UNSAFE: lazy("Going on was not safe"),
    Outcome.REFERRED: lazy("Handed to another body"),
}


class FiledVia(StrEnum):
    """How an appeal came in."""

    WEB = "web"
    MEMBER = "member"
    CALLER = "caller"
    CHAT = "chat"

    @property
    def label(self) -> LazyText:
        """The way in words."""
        return FILED_VIA_LABELS[self]


FILED_VIA_LABELS = {
    FiledVia.WEB: lazy("By the workers, on the web"),
    FiledVia.MEMBER: lazy("By a member organisation"),
    FiledVia.CALLER: lazy("On behalf of a caller"),
    FiledVia.CHAT: lazy("In the chat"),
}
