"""What keeps this installation from working right now; /readyz and `network-app doctor` ask here."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.outbox import Channel, Outgoing, State
from network_app.core.schedule import Slot

WORKER_SILENT = timedelta(minutes=5)
WAITING_TOO_LONG = timedelta(minutes=15)


def problems(session: Session) -> list[str]:
    """Each problem with its cure, in one line; none means ready."""
    now = clock.now(session)
    found = []
    last_tick = session.scalar(select(func.max(Slot.last_at)))
    if last_tick is not None and now - last_tick > WORKER_SILENT:
        found.append("worker: no timed work for five minutes. Start `network-app worker` and read its log.")
    for channel, cure in (
        (Channel.MAIL, "Check SMTP_URL and that the mail server answers."),
        (Channel.MATRIX, "Check MATRIX_HOMESERVER, and that `network-app bot` runs."),
    ):
        oldest = session.scalar(
            select(func.min(Outgoing.not_before)).where(
                Outgoing.channel == channel, Outgoing.state.in_((State.PLANNED, State.SENDING))
            )
        )
        if oldest is not None and now - oldest > WAITING_TOO_LONG:
            found.append(f"outbox ({channel.value}): messages wait for over 15 minutes. {cure}")
    stuck = session.scalar(select(func.count()).where(Outgoing.state.in_((State.UNCERTAIN, State.FAILED)))) or 0
    if stuck:
        found.append(f"outbox: {stuck} messages need a person. Look at /board.")
    return found
