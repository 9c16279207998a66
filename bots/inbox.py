"""What people wrote to the bot, kept before anything is done with it.

Events and the place in the homeserver's stream are committed together: a bot that is killed at any moment reads on
exactly where it stopped. Only what is addressed to the bot is kept, and its words go as soon as it is dealt with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from bots.events import Event, PollAnswer, Spoken, read_event, to_keep
from bots.registry import Room, room_by_id, room_died
from network_app.core import clock
from network_app.core.crypto import Sealed
from network_app.core.db import Base, EnumText, UtcDateTime

MOST_TRIES = 3


class Fate(StrEnum):
    """What became of an incoming event."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Incoming(Base):
    """One event from a room of ours, in the order in which we took it in: the order that counts for votes.

    `stands`: something was done because of it, and an edit or removal of the message does not undo that.
    """

    __tablename__ = "chat_inbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(255), unique=True)
    room_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    event: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fate: Mapped[Fate] = mapped_column(EnumText(Fate), default=Fate.WAITING, index=True)
    stands: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))


class Account(Base):
    """The bot's session at the homeserver, and how far it has read."""

    __tablename__ = "bot_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(String(255))
    token_ct: Mapped[bytes | None]
    token = Sealed("token_ct")
    next_batch: Mapped[str | None]


@dataclass(frozen=True)
class News:
    """Raw events of one room, oldest first, and the last event id seen there."""

    room_id: str
    events: Sequence[dict[str, Any]]


def take_in(session: Session, news: Iterable[News], next_batch: str) -> int:
    """Keep what is addressed to the bot, together with the place in the stream; returns how much was new."""
    new, parts, own = 0, list(news), account(session)
    ours = session.scalars(select(Room).where(Room.room_id.in_([part.room_id for part in parts])))
    known = {room.room_id: room for room in ours}
    for part in parts:
        room = known.get(part.room_id)
        if room is not None:
            events = [event for event in map(read_event, part.events) if event and event.sender != own.user]
            new += sum(_keep(session, part.room_id, event) for event in events)
            room.seen = last_seen(part.events) or room.seen
    own.next_batch = next_batch
    return new


def _keep(session: Session, room_id: str, event: Event) -> int:
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    row = {
        "event_id": event.event_id,
        "room_id": room_id,
        "kind": type(event).__name__,
        "event": to_keep(event),
        "received_at": clock.now(session),
        "fate": Fate.WAITING,
        "stands": False,
        "tries": 0,
    }
    result: Any = session.execute(insert(Incoming).values(row).on_conflict_do_nothing(index_elements=["event_id"]))
    return int(result.rowcount)


def last_seen(events: Sequence[dict[str, Any]]) -> str | None:
    """The newest event id among raw events, oldest first."""
    ids = [event["event_id"] for event in events if isinstance(event.get("event_id"), str)]
    return ids[-1] if ids else None


def leave_rooms(session: Session, room_ids: Sequence[str]) -> None:
    """The bot was put out of these rooms, or left them."""
    for room_id in room_ids:
        room = room_by_id(session, room_id)
        if room is not None:
            room_died(session, room, "the bot is not in the room any more")


def open_account(session: Session, user: str) -> Account:
    """The row of the bot's account; a new one if the bot is another user than before."""
    row = session.get(Account, 1)
    if row is None:
        row = Account(id=1, user=user)
        session.add(row)
    elif row.user != user:
        row.user, row.token, row.next_batch = user, None, None
    return row


def account(session: Session) -> Account:
    """The row of the bot's account."""
    return session.get_one(Account, 1)


def places_seen(session: Session) -> dict[str, str | None]:
    """For each of our rooms, by its id, the last event that was read there."""
    rows = session.execute(select(Room.room_id, Room.seen).where(Room.room_id.is_not(None)))
    return {room_id: seen for room_id, seen in rows if room_id}


def waiting(session: Session, limit: int = 50) -> list[int]:
    """The events still to be dealt with, in order."""
    chosen = select(Incoming.id).where(Incoming.fate == Fate.WAITING).order_by(Incoming.id).limit(limit)
    return list(session.scalars(chosen))


def stands(session: Session, event_id: str) -> bool:
    """Whether something was done because of this event."""
    chosen = select(Incoming.id).where(Incoming.event_id == event_id, Incoming.stands)
    return session.scalar(chosen) is not None


def done(row: Incoming) -> None:
    """An event is dealt with: what was said in it is forgotten here, the record stands where it belongs."""
    row.fate, row.event, row.error = Fate.DONE, None, None


def failed(row: Incoming, error: Exception) -> None:
    """Dealing with an event broke. After a few tries it is put aside, so that the rest goes on."""
    row.tries += 1
    # Safety: the class only. A message may carry what the person wrote.
    row.error = type(error).__name__
    if row.tries >= MOST_TRIES:
        row.fate = Fate.DEAD


def is_request(row: Incoming) -> bool:
    """Whether somebody waits for an answer to this event."""
    return row.kind in (Spoken.__name__, PollAnswer.__name__)
