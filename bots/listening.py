"""Read the homeserver's stream into the inbox: nothing is lost when it leaves events out or when the bot is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import OperationalError

from bots import inbox
from bots.backoff import Backoff
from bots.client import Batch, ChatError, Client, Invitation, Limited, Raw, RoomPart
from bots.inbox import News
from bots.lease import Lease
from network_app.core.db import read_transaction

log = structlog.get_logger()
WAIT_SECONDS = 25.0
WHILE_BUSY = 1.5
MOST_PAGES = 100


class Listener:
    """Reads until it is cancelled."""

    def __init__(
        self,
        client: Client,
        lease: Lease,
        *,
        heard: Callable[[], None],
        invited: Callable[[Sequence[Invitation]], None],
        busy: Callable[[], bool],
    ) -> None:
        self.client, self.lease = client, lease
        self.heard, self.invited, self.busy = heard, invited, busy
        self.backoff = Backoff()

    @property
    def in_trouble(self) -> bool:
        """Whether the homeserver does not answer at present."""
        return self.backoff.failures > 0

    async def run(self) -> None:
        """Read until cancelled. Raises LeaseLost and LoggedOut."""
        since, first = await asyncio.to_thread(self._place), True
        while True:
            try:
                wait_seconds = 0 if first or self.busy() else WAIT_SECONDS
                batch = await self.client.sync(since, wait_seconds=wait_seconds, whole_state=first)
                await self.take_in(batch, since)
            except (ChatError, OperationalError) as trouble:
                wait = max(self.backoff.wait(), trouble.seconds if isinstance(trouble, Limited) else 0)
                log.warning("cannot read on yet", why=type(trouble).__name__, seconds=round(wait, 1))
                await asyncio.sleep(wait)
                continue
            self.backoff.worked()
            since, first = batch.next_batch, False
            if self.busy():
                # Each post would end a waiting request; asking now and then leaves the homeserver to the fan-out.
                await asyncio.sleep(WHILE_BUSY)

    def _place(self) -> str | None:
        with read_transaction(self.lease.factory) as session:
            return inbox.account(session).next_batch

    async def take_in(self, batch: Batch, since: str | None) -> None:
        """Keep one batch, with what was left out of it. Raises ChatError; then nothing is kept and it is read again."""
        seen = await asyncio.to_thread(self._seen)
        # Rooms that are not ours are never looked into, so their gaps are not filled either.
        parts = [part for part in batch.joined if part.room_id in seen]
        news = [News(part.room_id, await self._whole(part, since, seen[part.room_id])) for part in parts]
        if await asyncio.to_thread(self._keep, news, batch):
            self.heard()
        if batch.invitations:
            self.invited(batch.invitations)

    def _seen(self) -> dict[str, str | None]:
        with read_transaction(self.lease.factory) as session:
            return inbox.places_seen(session)

    def _keep(self, news: list[News], batch: Batch) -> int:
        with self.lease.transaction() as session:
            inbox.leave_rooms(session, batch.left)
            return inbox.take_in(session, news, batch.next_batch)

    async def _whole(self, part: RoomPart, since: str | None, seen: str | None) -> list[Raw]:
        """The events of a room, oldest first, with the older ones that the homeserver left out."""
        if part.gap_from is None or since is None:
            return part.events
        older: list[Raw] = []
        page: str | None = part.gap_from
        for _ in range(MOST_PAGES):
            if page is None:
                break
            events, page = await self.client.earlier(part.room_id, page)
            ids = [event.get("event_id") for event in events]
            if seen in ids:
                older.extend(events[: ids.index(seen)])
                break
            older.extend(events)
        else:
            log.error("a gap is too long to be filled", pages=MOST_PAGES)
        return [*reversed(older), *part.events]
