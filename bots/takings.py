"""What the pump asks of the outbox and writes back to it, each inside a transaction that the pump opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bots.registry import RoomState, find_room, room_died, rooms_named, want_room
from network_app.core import clock, outbox
from network_app.core.outbox import Channel, Outgoing, State

LEASE = timedelta(minutes=2)
# Synapse remembers a transaction id for about 24 hours; after this the room itself is asked.
FORGOTTEN_AFTER = timedelta(hours=20)
LONGEST_WAIT_FOR_ROOM = 20.0


def anything_due(session: Session) -> bool:
    """Whether a message for a room could be taken now."""
    now = clock.fresh_now(session)
    due = or_(
        (Outgoing.state == State.PLANNED) & (Outgoing.not_before <= now),
        (Outgoing.state == State.SENDING) & (Outgoing.lease_until < now),
    )
    chosen = select(Outgoing.id).where(Outgoing.channel == Channel.MATRIX, due).limit(1)
    return session.scalar(chosen) is not None


@dataclass(frozen=True)
class Taken:
    """A message that may go now: to which room, and whether the bot must first look if it went already."""

    row: Outgoing
    room_id: str
    look_first: bool


def take(session: Session, *, by: str, limit: int) -> list[Taken]:
    """Take due messages whose room is ready, none of which overtakes an earlier one that waits for another try."""
    rows = outbox.claim(session, Channel.MATRIX, by=by, limit=limit, lease=LEASE)
    names = {row.recipient for row in rows}
    places, waits = rooms_named(session, names), _waits(session, names)
    forgotten = clock.now(session) - FORGOTTEN_AFTER
    taken = []
    for row in rows:
        room, wait = places.get(row.recipient), waits.get(row.recipient)
        if room is not None and room.state is RoomState.DEAD:
            outbox.mark_failed(session, row.id, by=by, error=room.error or "the room is gone")
        elif room is None or room.room_id is None or room.state is not RoomState.READY:
            _wait_for_room(session, row, by)
        elif wait and row.priority > outbox.REPLY and row.created_at >= wait[0]:
            delay = wait[1] - clock.now(session)
            outbox.mark_retry(session, row.id, by=by, error="waits for an earlier message", delay=delay)
        else:
            taken.append(Taken(row, room.room_id, row.first_tried_at is not None and row.first_tried_at < forgotten))
    return taken


def _waits(session: Session, rooms: set[str]) -> dict[str, tuple[datetime, datetime]]:
    """For each of these rooms in which a message waits for another try: when it was planned, and when it is tried."""
    tried = (
        select(Outgoing.recipient, func.min(Outgoing.created_at), func.max(Outgoing.not_before))
        .where(Outgoing.channel == Channel.MATRIX, Outgoing.recipient.in_(rooms), Outgoing.state == State.PLANNED)
        .where(Outgoing.attempts > 0, Outgoing.not_before > clock.now(session))
        .group_by(Outgoing.recipient)
    )
    return {room: (planned, tried_at) for room, planned, tried_at in session.execute(tried)}


def _wait_for_room(session: Session, row: Outgoing, by: str) -> None:
    """Order the room, and try again when it may be there."""
    want_room(session, row.recipient)
    delay = outbox.backoff(row.attempts, jitter=0.0, longest=LONGEST_WAIT_FOR_ROOM)
    outbox.mark_retry(session, row.id, by=by, error="the room is being made", delay=delay)


def try_later(session: Session, rows: Iterable[Outgoing], by: str, why: str, seconds: float) -> None:
    """Give messages back; all together, so that their order stays."""
    for row in rows:
        outbox.mark_retry(session, row.id, by=by, error=why, delay=timedelta(seconds=seconds))


def give_up(session: Session, row: Outgoing, by: str, why: str) -> None:
    """A message that will never arrive. A room that the bot may not post to is dead until a person has looked."""
    outbox.mark_failed(session, row.id, by=by, error=why)
    room = find_room(session, row.recipient)
    if why == "M_FORBIDDEN" and room is not None:
        room_died(session, room, why)
