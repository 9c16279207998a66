"""Timed work that runs once a slot, however many workers there are and whenever they were down.

A slot is a row; whoever moves `next_at` first has it, and what the job does is committed in the same transaction.
APScheduler only ticks (docs/adr: measured, shared job stores fire twice and drop what was due during an outage).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core import clock
from network_app.core.db import Base, UtcDateTime, changed_rows


@dataclass(frozen=True)
class Job:
    """Something to do every so often: `run` finds due rows and calls a use case for each."""

    name: str
    every_seconds: int
    run: Callable[[Session], None]


class Slot(Base):
    """When a job is due next."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def ensure(session: Session, jobs: Sequence[Job]) -> None:
    """Make a row for each job that has none; the first slot is now."""
    # Two workers may start at once: whoever comes second finds the rows there.
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    rows = [{"name": name, "next_at": clock.now(session)} for name in sorted(job.name for job in jobs)]
    session.execute(insert(Slot).values(rows).on_conflict_do_nothing())


def due(session: Session, jobs: Sequence[Job]) -> list[tuple[Job, datetime]]:
    """The jobs whose slot has come, with the slot."""
    now = clock.now(session)
    slots = {slot.name: slot.next_at for slot in session.scalars(select(Slot).where(Slot.next_at <= now))}
    return [(job, slots[job.name]) for job in jobs if job.name in slots]


def claim(session: Session, job: Job, slot: datetime) -> bool:
    """Take the slot; False if another worker has it. Slots missed while down are caught up by one run."""
    now = clock.now(session)
    missed = int((now - slot).total_seconds() // job.every_seconds)
    next_at = slot + timedelta(seconds=job.every_seconds * (missed + 1))
    mine = update(Slot).where(Slot.name == job.name, Slot.next_at == slot)
    return changed_rows(session, mine.values(next_at=next_at, last_at=now)) == 1
