"""What keeps this installation from working right now; /readyz and `network-app doctor` ask here."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.heartbeat import beats
from network_app.core.outbox import Channel, Outgoing, State, held_mail
from network_app.gates import open_address

SILENT = timedelta(minutes=5)
WAITING_TOO_LONG = timedelta(minutes=15)


def problems(session: Session) -> list[str]:
    """Each problem with its cure, in one line; none means ready."""
    now = clock.now(session)
    found = []
    for process, life in beats(session).items():
        if now - life.at > SILENT:
            found.append(
                f"{process}: no sign of life for five minutes. Start `network-app {process}` and read its log."
            )
        elif life.note:
            found.append(f"{process}: {life.note}")
    for channel, cure in (
        (Channel.MAIL, "Check SMTP_URL and that the mail server answers."),
        (Channel.MATRIX, "Check MATRIX_HOMESERVER, and that `network-app bot` runs."),
    ):
        oldest = session.scalar(
            select(func.min(func.coalesce(Outgoing.first_tried_at, Outgoing.not_before))).where(
                Outgoing.channel == channel, Outgoing.state.in_((State.PLANNED, State.SENDING))
            )
        )
        if oldest is not None and now - oldest > WAITING_TOO_LONG:
            found.append(f"outbox ({channel.value}): messages wait for over 15 minutes. {cure}")
    return found


def stuck_messages(session: Session) -> list[str]:
    """What waits for a person. Not a reason to take the web away from everybody, so /readyz does not count it."""
    stuck = session.scalar(select(func.count()).where(Outgoing.state.in_((State.UNCERTAIN, State.FAILED)))) or 0
    found = [f"outbox: {stuck} messages need a person. Look at /board."] if stuck else []
    frozen = sum(open_address(session, row.recipient) is not None for row in held_mail(session))
    if frozen:
        found.append(
            f"outbox: {frozen} mails wait, because their address is a frozen person's own. "
            "Two people let the person back in, or the organisation writes down another address."
        )
    return found
