"""A room without a homeserver: what is said goes into the inbox as raw events, replies are read from the outbox.

Everything between those two is the real thing, so a test of a command needs no socket and no waiting.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bots.bridge import deal_with_waiting
from bots.commands import COMMANDS
from bots.inbox import News, open_account, take_in
from bots.lease import Lease, take_lease
from bots.posts import build_post
from bots.registry import Room, RoomState, room_ready, want_room
from members.models import ChatIdentity
from network_app.core import clock
from network_app.core.db import new_id, transaction
from network_app.core.outbox import Channel, Outgoing

_events = itertools.count(1)


class FakeRooms:
    """The bot's inside, with a pen for raw events."""

    def __init__(self, factory: sessionmaker[Session]) -> None:
        self.factory = factory
        lease = take_lease(factory, "test")
        assert lease is not None
        self.lease: Lease = lease
        with self.lease.transaction() as session:
            open_account(session, "@bot:x")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction on the same database."""
        with transaction(self.factory) as session:
            yield session

    def open(self, name: str) -> str:
        """A room of the network; returns its Matrix id."""
        room_id = f"!{uuid.uuid4().hex}"
        with self.transaction() as session:
            want_room(session, name).state = RoomState.CREATING
            session.flush()
            room_ready(session, name, room_id)
        return room_id

    def link(self, person_id: uuid.UUID, matrix_id: str) -> None:
        """Let this Matrix id speak for the person."""
        with self.transaction() as session:
            session.add(
                ChatIdentity(id=new_id(), person_id=person_id, matrix_id=matrix_id, linked_at=clock.now(session))
            )

    def happens(self, room_id: str, sender: str, content: object, kind: str = "m.room.message", **more: object) -> str:
        """A raw event arrives and is dealt with; returns its id."""
        event_id = f"$e{next(_events)}"
        raw = {"event_id": event_id, "sender": sender, "type": kind, "content": content, **more}
        self.arrive(room_id, [raw])
        self.deal()
        return event_id

    def arrive(self, room_id: str, raw: list[dict[str, Any]]) -> int:
        """Raw events arrive, and wait."""
        with self.lease.transaction() as session:
            return take_in(session, [News(room_id, raw)], f"s{next(_events)}")

    def deal(self) -> None:
        """Deal with everything that waits."""
        while deal_with_waiting(self.lease, COMMANDS):
            continue

    def say(self, room_id: str, sender: str, text: str, **more: object) -> str:
        """Somebody writes a text message; returns the event id."""
        return self.happens(room_id, sender, {"msgtype": "m.text", "body": text, **more})

    def reply(self, event_id: str) -> Outgoing | None:
        """The bot's reply to an event, as it lies in the outbox."""
        with self.factory() as session:
            return session.scalar(select(Outgoing).where(Outgoing.key == f"reply:{event_id}"))

    def replies(self) -> list[Outgoing]:
        """Every reply so far."""
        with self.factory() as session:
            chosen = select(Outgoing).where(Outgoing.channel == Channel.MATRIX, Outgoing.key.startswith("reply:"))
            return list(session.scalars(chosen))

    def ask(self, room_id: str, sender: str, text: str) -> str:
        """Say something and read the bot's reply as the room shows it."""
        event_id = self.say(room_id, sender, text)
        row = self.reply(event_id)
        assert row is not None, f"no reply to {text}"
        return str(build_post(row).content["body"])

    def room_named(self, name: str) -> Room | None:
        """The room of this name."""
        with self.factory() as session:
            return session.get(Room, name)
