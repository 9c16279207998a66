"""Exactly one bot at a time, and one place in which it writes to the database.

A device at the homeserver belongs to one process. Whoever holds the lease has a number that only grows; every
transaction of the bot first checks that its number is still the newest, so that a process that slept for minutes and
woke up cannot undo what its successor did.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from network_app.core import clock, heartbeat
from network_app.core.db import Base, UtcDateTime, changed_rows, transaction

LENGTH = timedelta(seconds=10)


class LeaseLost(Exception):
    """Another bot has taken over. This one must stop at once."""


class BotLease(Base):
    """The one row that says which process is the bot, and how it does."""

    __tablename__ = "bot_lease"

    id: Mapped[int] = mapped_column(primary_key=True)
    fence: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(default="")


class Lease:
    """The right to be the bot, held by number `fence`."""

    def __init__(self, factory: sessionmaker[Session], fence: int) -> None:
        self.factory, self.fence = factory, fence

    @property
    def holder(self) -> str:
        """The name under which outbox rows are claimed."""
        return f"bot:{self.fence}"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that fails if another bot has taken over. Raises LeaseLost."""
        with transaction(self.factory) as session:
            held = session.scalar(select(BotLease.fence).where(BotLease.id == 1).with_for_update(read=True))
            if held != self.fence:
                raise LeaseLost()
            yield session

    def beat(self, note: str) -> None:
        """Keep the lease and say how the bot does. Raises LeaseLost."""
        with transaction(self.factory) as session:
            now = clock.fresh_now(session)
            mine = update(BotLease).where(BotLease.id == 1, BotLease.fence == self.fence)
            if not changed_rows(session, mine.values(until=now + LENGTH, seen_at=now, note=note)):
                raise LeaseLost()
            heartbeat.beat(session, "bot", note)

    def give_back(self) -> None:
        """Let the next bot start at once; nothing happens if it already has."""
        with transaction(self.factory) as session:
            mine = update(BotLease).where(BotLease.id == 1, BotLease.fence == self.fence)
            changed_rows(session, mine.values(until=None, holder=None, note="stopped"))


def take_lease(factory: sessionmaker[Session], holder: str) -> Lease | None:
    """Become the bot, if no other one is alive."""
    with transaction(factory) as session:
        state = session.get(BotLease, 1, with_for_update=True)
        if state is None:
            state = BotLease(id=1, fence=0, note="")
            session.add(state)
        now = clock.fresh_now(session)
        if state.until is not None and state.until > now:
            return None
        state.fence, state.holder, state.until, state.seen_at = state.fence + 1, holder, now + LENGTH, now
        return Lease(factory, state.fence)
