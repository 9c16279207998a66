"""What a target promised, in a form that can later be found kept or broken (DOMAIN 5)."""

from __future__ import annotations

from datetime import date, timedelta

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled

STALE_AFTER = timedelta(days=396)


class CommitmentState(Labelled):
    """What became of a promise."""

    MADE = "made", lazy("made")
    ON_TRACK = "on_track", lazy("on track")
    LATE = "late", lazy("late")
    KEPT = "kept", lazy("kept")
    BROKEN = "broken", lazy("broken")
    WALKED_BACK = "walked_back", lazy("walked back")
    STALE = "stale", lazy("silent for 13 months")


# What a person says about it; `late` and `stale` follow from the calendar.
SAID = frozenset({CommitmentState.ON_TRACK, CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.WALKED_BACK})
ENDED = frozenset({CommitmentState.KEPT, CommitmentState.BROKEN, CommitmentState.WALKED_BACK})


def state_on(day: date, *, said: CommitmentState, due_on: date, heard_on: date) -> CommitmentState:
    """The state on `day`, when the last word was `said` on `heard_on`: overdue is late, 13 silent months are stale."""
    if said in ENDED:
        return said
    if day - heard_on > STALE_AFTER:
        return CommitmentState.STALE
    return CommitmentState.LATE if day > due_on else said
