"""Which rooms the bot lives in. Only these are read, only these are posted to.

The rest of the program names a room by what it is for (`org:<id>`, `coalition:<id>`, `case:<id>`, `dm:<person>`); here
stands which room at the homeserver that is. A room is bound by its id: an alias that somebody moves changes nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core import clock
from network_app.core.db import Base, EnumText, UtcDateTime, changed_rows
from network_app.core.outbox import Channel, Outgoing, State


class RoomState(StrEnum):
    """How far a room is."""

    WANTED = "wanted"
    CREATING = "creating"
    READY = "ready"
    DEAD = "dead"


class GuestState(StrEnum):
    """What became of a person in a room."""

    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"


class Room(Base):
    """One room of the network. `seen` is the last event read there, from which a gap is filled."""

    __tablename__ = "chat_room"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    room_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    state: Mapped[RoomState] = mapped_column(EnumText(RoomState), default=RoomState.WANTED)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    # The spaces in which it is shown.
    spaces: Mapped[list[str]] = mapped_column(JSON)
    seen: Mapped[str | None] = mapped_column(String(255))
    error: Mapped[str | None] = mapped_column(String(200))

    @property
    def kind(self) -> str:
        """What the room is for: `org`, `coalition`, `space`, `case`, `dm` or `stranger`."""
        return self.name.partition(":")[0]

    @property
    def key(self) -> uuid.UUID:
        """The id of the organisation, coalition, case or person that the room is for."""
        return uuid.UUID(self.name.partition(":")[2])


class Guest(Base):
    """One person's place in one room, by Matrix id."""

    __tablename__ = "chat_guest"

    room: Mapped[str] = mapped_column(ForeignKey("chat_room.name", onupdate="CASCADE"), primary_key=True)
    matrix_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    state: Mapped[GuestState] = mapped_column(EnumText(GuestState))


def find_room(session: Session, name: str) -> Room | None:
    """The room of this name."""
    return session.get(Room, name)


def room_by_id(session: Session, room_id: str) -> Room | None:
    """The room that the homeserver knows under this id, if it is ours."""
    return session.scalar(select(Room).where(Room.room_id == room_id))


def rooms(session: Session, *states: RoomState) -> list[Room]:
    """The rooms in these states, by name."""
    return list(session.scalars(select(Room).where(Room.state.in_(states)).order_by(Room.name)))


def rooms_named(session: Session, names: Collection[str]) -> dict[str, Room]:
    """Those of these rooms that are in the register."""
    return {room.name: room for room in session.scalars(select(Room).where(Room.name.in_(names)))}


def want_room(session: Session, name: str) -> Room:
    """Make sure that a room of this name will exist."""
    room = session.get(Room, name)
    if room is None:
        room = Room(name=name, state=RoomState.WANTED, since=clock.now(session), spaces=[])
        session.add(room)
    return room


def room_ready(session: Session, name: str, room_id: str) -> None:
    """The room exists: what waits for it may go now."""
    room = session.get_one(Room, name)
    room.state, room.room_id, room.error = RoomState.READY, room_id, None
    waits = (Outgoing.channel == Channel.MATRIX, Outgoing.recipient == name, Outgoing.state == State.PLANNED)
    soon = update(Outgoing).where(*waits, Outgoing.attempts > 0)
    changed_rows(session, soon.values(not_before=clock.now(session)))


def room_died(session: Session, room: Room, why: str) -> None:
    """The bot is no longer in this room: nothing is posted there until a person has looked."""
    room.state, room.error = RoomState.DEAD, why


def guests(session: Session) -> dict[str, dict[str, GuestState]]:
    """Per room, who was invited and what became of it."""
    inside: dict[str, dict[str, GuestState]] = defaultdict(dict)
    for guest in session.scalars(select(Guest)):
        inside[guest.room][guest.matrix_id] = guest.state
    return inside


def strangers(session: Session) -> list[Room]:
    """The direct chats of people who have not linked themselves yet."""
    return list(session.scalars(select(Room).where(Room.name.startswith("stranger:"))))


def note_guest(session: Session, name: str, matrix_id: str, state: GuestState) -> None:
    """Remember what became of a person in a room."""
    session.merge(Guest(room=name, matrix_id=matrix_id, state=state))


def become_direct_chat(session: Session, name: str, person_id: uuid.UUID) -> None:
    """Let the direct chat in which a stranger linked himself be that person's own, unless there is one already."""
    own = f"dm:{person_id}"
    if name.startswith("stranger:") and session.get(Room, own) is None:
        room = session.get_one(Room, name)
        room.name = own
        session.flush()


def forget_room(session: Session, name: str) -> None:
    """Strike a room from the register."""
    session.execute(delete(Guest).where(Guest.room == name))
    session.execute(delete(Room).where(Room.name == name))
