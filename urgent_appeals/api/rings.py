"""What rings the people on duty, for programs."""

from __future__ import annotations

import datetime as dt

from network_app.core.errors import NotFound
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Output
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import api
from urgent_appeals.queries.rings import ring_view
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.use_cases.rings import take_ring


class AlarmShown(Output):
    """What is late or new, and since when."""

    about: str
    since: dt.datetime


class RingShown(Output):
    """What rings about a case, without a word of the case. Who took it is shown to its team only."""

    ref: str
    clock: Clock
    alarms: list[AlarmShown]
    taken_by: list[str]


@api.get(
    "/appeals/<ref>/ring",
    gives=RingShown,
    scope=Scope.READ_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    web="rings.show",
)
def ring(ref: str) -> RingShown:
    """Read what rings for me about a case."""
    view = ring_view(db(), actor(), ref)
    if view is None:
        raise NotFound()
    return RingShown(
        ref=view.appeal.ref,
        clock=view.appeal.clock,
        alarms=[AlarmShown(about=alarm.about, since=alarm.since) for alarm in view.alarms],
        taken_by=view.takers,
    )


@api.post(
    "/appeals/<ref>/ring",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    changes="ring",
    web="rings.take",
)
def take(ref: str) -> None:
    """Take it, so that it rings nobody else."""
    take_ring(db(), actor(), ref=ref)
