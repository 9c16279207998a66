"""A sign of life from each process, for /readyz and `network-app doctor`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core import clock
from network_app.core.db import Base, UtcDateTime


class Heartbeat(Base):
    """When a process was last alive, and what it had to say."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(default="")


def beat(session: Session, process: str, note: str = "") -> None:
    """Say that `process` is alive; `note` is what keeps it from working, in one sentence, or empty."""
    session.merge(Heartbeat(process=process, at=clock.now(session), note=note))


def beats(session: Session) -> dict[str, Heartbeat]:
    """The last sign of life of each process."""
    return {row.process: row for row in session.scalars(select(Heartbeat))}
