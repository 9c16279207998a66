"""The life of an appeal: one transition table, from which badges, filters and the diagram are built (DOMAIN 3)."""

from __future__ import annotations

from network_app.core.errors import Conflict, GateShut
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class Stage(Labelled):
    """Where an appeal stands."""

    DRAFT = "draft", lazy("Draft")
    RECEIVED = "received", lazy("Received")
    TRIAGE = "triage", lazy("Being looked at")
    DECLINED = "declined", lazy("Declined")
    VERIFYING = "verifying", lazy("Being verified")
    ACCEPTED = "accepted", lazy("Accepted")
    ACTIVE = "active", lazy("Active")
    CLOSED = "closed", lazy("Closed")
    PAUSED_BY_WORKERS = "paused_by_workers", lazy("Paused by the workers")
    DORMANT = "dormant", lazy("Dormant")
    WITHDRAWN = "withdrawn", lazy("Withdrawn")
    REOPENED = "reopened", lazy("Reopened")


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


class Outcome(Labelled):
    """What the workers say came of it."""

    FULL = "full", lazy("Everything asked for was reached")
    PARTIAL = "partial", lazy("A part was reached")
    NONE = "none", lazy("Nothing was reached")
    WITHDRAWN_BY_WORKERS = "withdrawn_by_workers", lazy("The workers took it back")
    UNSAFE = "unsafe", lazy("Going on was not safe")
    REFERRED = "referred", lazy("Handed to another body")


class FiledVia(Labelled):
    """How an appeal came in."""

    WEB = "web", lazy("By the workers, on the web")
    MEMBER = "member", lazy("By a member organisation")
    CALLER = "caller", lazy("On behalf of a caller")
    CHAT = "chat", lazy("In the chat")
