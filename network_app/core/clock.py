"""The one clock: the database's, so that no server with a wrong time can open or close a vote.

A demo installation may move it, so that people can watch what happens at a deadline without waiting for it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core.db import Base
from network_app.core.errors import NotAllowed


class Installation(Base):
    """The one row that says what this installation is. No row: a real one, whose clock nobody moves."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    demo: Mapped[bool] = mapped_column(default=False)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)


def now(session: Session) -> datetime:
    """The present moment; the same for everything done in one transaction."""
    if "now" not in session.info:
        session.info["now"] = fresh_now(session)
    moment: datetime = session.info["now"]
    return moment


def fresh_now(session: Session) -> datetime:
    """The present moment read again: for use after waiting for a lock, when a deadline may have passed meanwhile."""
    offset = session.scalar(select(Installation.clock_offset_seconds).where(Installation.demo.is_(True))) or 0
    session.info["now"] = _database_time(session) + timedelta(seconds=offset)
    moment: datetime = session.info["now"]
    return moment


def _database_time(session: Session) -> datetime:
    if session.get_bind().dialect.name == "postgresql":
        moment: datetime = session.scalar(select(func.clock_timestamp()))  # type: ignore[assignment]  # never null
        return moment.astimezone(UTC)
    written = session.scalar(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
    return datetime.fromisoformat(f"{written}+00:00")


def mark_as_demo(session: Session) -> None:
    """Declare this installation a demo. Only for an empty one."""
    session.merge(Installation(id=1, demo=True, clock_offset_seconds=0))


def is_demo(session: Session) -> bool:
    """Whether everything here is fictional and the clock may be moved."""
    row = session.get(Installation, 1)
    return row is not None and row.demo


def move(session: Session, delta: timedelta) -> datetime:
    """Move the demo's clock forward. Raises NotAllowed on a real installation and for a step back."""
    row = session.get(Installation, 1, with_for_update=True)
    # Safety: on a real installation a moved clock would close votes and open letters that no person released.
    if row is None or not row.demo or delta < timedelta(0):
        raise NotAllowed()
    row.clock_offset_seconds += int(delta.total_seconds())
    session.flush()
    return fresh_now(session)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, ended: object) -> None:
    if getattr(ended, "parent", None) is None:
        session.info.pop("now", None)
