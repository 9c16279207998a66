"""Carry what was planned for the rooms to the homeserver: eight at a time, in order within each room.

One turn is one short transaction that writes down what became of the last messages and takes the next ones; nothing is
sent inside it. The transaction id of a post is the id of its row, so a post that is sent again after a crash is the
same post to the homeserver. Where the homeserver may have forgotten it, the bot looks for its own mark in the room.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bots import takings
from bots.backoff import Backoff, woken_or_after
from bots.client import ChatError, Client, Limited, LoggedOut, Refused
from bots.content import MARKER
from bots.lanes import Lanes
from bots.lease import Lease, LeaseLost
from bots.posts import build_post
from bots.takings import Taken
from bots.trouble import where
from network_app.core import outbox
from network_app.core.db import read_transaction
from network_app.core.outbox import Outgoing
from network_app.gates import open_gate

log = structlog.get_logger()
IN_FLIGHT = 8
CLAIM = 64
REFILL_BELOW = 16
LOOK_EVERY = 0.25
PAGES_TO_LOOK = 20
FOR_GOOD = frozenset({"M_TOO_LARGE", "M_FORBIDDEN"})

Settle = Callable[[Session], object]


class Pump:
    """Moves messages from the outbox to the rooms until it is cancelled."""

    def __init__(self, client: Client, lease: Lease) -> None:
        self.client, self.lease = client, lease
        self.lanes: Lanes[Taken] = Lanes()
        self.results: list[Settle] = []
        self.backoff = Backoff()
        self._resume_at = 0.0
        self._hungry = asyncio.Event()
        self._food = asyncio.Condition()

    @property
    def in_trouble(self) -> bool:
        """Whether the homeserver takes nothing at present."""
        return self.backoff.failures > 0

    @property
    def is_busy(self) -> bool:
        """Whether much is on its way: a fan-out, not a few replies."""
        return len(self.lanes) > IN_FLIGHT

    def nudge(self) -> None:
        """Look at once: something was just planned."""
        self._hungry.set()

    async def run(self) -> None:
        """Work until cancelled. Raises LeaseLost and LoggedOut, in a group."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed())
            for _ in range(IN_FLIGHT):
                tasks.create_task(self._work())

    async def settle(self) -> None:
        """Write down what became of the last messages, for an orderly stop."""
        await self._turn(0)

    # ---------------------------------------------------------------- from the outbox into the lanes

    async def _feed(self) -> None:
        while True:
            # Without a nudge it looks by itself: the web and the worker plan messages too.
            await woken_or_after(self._hungry, LOOK_EVERY)
            room = 0 if self._pause() else max(0, CLAIM - len(self.lanes))
            try:
                if self.results or (room and await asyncio.to_thread(self._anything_due)):
                    await self._turn(room)
            except OperationalError as error:
                log.warning("the database is busy", error=type(error).__name__)
                await asyncio.sleep(LOOK_EVERY)

    def _anything_due(self) -> bool:
        with read_transaction(self.lease.factory) as session:
            return takings.anything_due(session)

    async def _turn(self, room: int) -> None:
        results, self.results = self.results, []
        try:
            taken = await asyncio.to_thread(self._settle_and_take, results, room)
        except OperationalError:
            # What we know is kept and written with the next turn.
            self.results = results + self.results
            raise
        for one in taken:
            self.lanes.put(one.row.recipient, one.row.priority, one)
        async with self._food:
            self._food.notify(len(taken))

    def _settle_and_take(self, results: list[Settle], room: int) -> list[Taken]:
        with self.lease.transaction() as session:
            for write in results:
                write(session)
            return takings.take(session, by=self.lease.holder, limit=room) if room else []

    # ---------------------------------------------------------------- from the lanes to the homeserver

    async def _work(self) -> None:
        while True:
            one = await self._next()
            # Two steps: a turn may put a new list in place while this message is on its way.
            result = await self._deliver(one)
            self.results.append(result)
            self.lanes.done(one.row.recipient)
            if len(self.lanes) < REFILL_BELOW:
                self._hungry.set()

    async def _next(self) -> Taken:
        while True:
            await asyncio.sleep(self._pause())
            async with self._food:
                if (one := self.lanes.take()) is not None:
                    return one
                await self._food.wait()

    async def _deliver(self, one: Taken) -> Settle:
        """Try to send one message; returns how to write down what became of it."""
        row, by = one.row, self.lease.holder
        try:
            # Safety: the last look before it leaves. What the workers took back since it was planned stays here.
            shut = await asyncio.to_thread(self._shut, row.gate) if row.gate else None
            if shut is not None:
                return partial(outbox.mark_held, row_id=row.id, by=by, reason=shut)
            event_id = await self._own_mark(one) if one.look_first else None
            if event_id is None:
                post = build_post(row)
                event_id = await self.client.send(one.room_id, post.kind, post.content, str(row.id))
        except (ChatError, OperationalError) as trouble:
            return self._not_sent(row, trouble)
        except (LoggedOut, LeaseLost):
            raise
        except Exception as broken:
            # Whatever it is: one message that cannot be put together must not stop the others, or the bot for ever.
            log.error("a message could not be made", row=str(row.id), template=row.template, **where(broken))
            return partial(outbox.mark_failed, row_id=row.id, by=by, error=type(broken).__name__)
        self.backoff.worked()
        return partial(outbox.mark_sent, row_id=row.id, by=by, remote_id=event_id)

    def _shut(self, gate: str) -> str | None:
        with read_transaction(self.lease.factory) as session:
            shut = open_gate(session, gate)
            return None if shut is None else str(shut)

    def _not_sent(self, row: Outgoing, trouble: ChatError | OperationalError) -> Settle:
        if isinstance(trouble, Refused) and trouble.code in FOR_GOOD:
            return partial(takings.give_up, row=row, by=self.lease.holder, why=str(trouble))
        if isinstance(trouble, Refused):
            delay = outbox.backoff(row.attempts, jitter=random.random()).total_seconds()  # noqa: S311  # spreads load
            behind = [one.row for one in self.lanes.empty(row.recipient)]
        else:
            delay = self._slow_down(trouble)
            behind = [one.row for one in self.lanes.empty_all()]
        return partial(takings.try_later, rows=[row, *behind], by=self.lease.holder, why=str(trouble), seconds=delay)

    def _slow_down(self, trouble: ChatError | OperationalError) -> float:
        """Let everybody wait: the homeserver is away or asks for it. One pause, however many sends ran into it."""
        if not self._pause():
            seconds = self.backoff.wait()
            if isinstance(trouble, Limited):
                seconds = max(trouble.seconds, 0.05) * (1 + random.random() / 10)  # noqa: S311  # spreads load
            self._resume_at = asyncio.get_running_loop().time() + seconds
        return self._pause()

    def _pause(self) -> float:
        return max(0.0, self._resume_at - asyncio.get_running_loop().time())

    async def _own_mark(self, one: Taken) -> str | None:
        """The event that this message already became, if it is in the room."""
        page: str | None = ""
        for _ in range(PAGES_TO_LOOK):
            if page is None:
                return None
            events, page = await self.client.earlier(one.room_id, page, own=True)
            for event in events:
                content = event.get("content")
                if isinstance(content, dict) and content.get(MARKER) == str(one.row.id):
                    return str(event["event_id"])
        return None
