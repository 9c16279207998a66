"""The one clock: the database's, so that no server with a wrong time can open or close a vote.

A demo installation may move it, so that people can watch what happens at a deadline without waiting for it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core.db import Base
from network_app.core.errors import NotAllowed


class Installation(Base):
    """The one row that says what this installation is. No row: a real one, whose clock nobody moves."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    demo: Mapped[bool] = mapped_column(default=False)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)


# One question for both, as every request asks it. No offset: no demo.
_OFFSET = select(Installation.clock_offset_seconds).where(Installation.demo.is_(True)).limit(1).scalar_subquery()
_READ = {
    "postgresql": select(func.clock_timestamp(), _OFFSET),
    "sqlite": select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"), _OFFSET),
}


def now(session: Session) -> datetime:
    """The present moment; the same for everything done in one transaction."""
    if "now" not in session.info:
        fresh_now(session)
    moment: datetime = session.info["now"]
    return moment


def fresh_now(session: Session) -> datetime:
    """The present moment read again: for use after waiting for a lock, when a deadline may have passed meanwhile."""
    here, offset = _read(session)
    moment = here + timedelta(seconds=offset or 0)
    session.info["now"], session.info["unmoved"], session.info["demo"] = moment, here, offset is not None
    return moment


def unmoved(session: Session) -> datetime:
    """The present moment without the demo's offset: for codes that a phone makes by its own clock."""
    now(session)
    moment: datetime = session.info["unmoved"]
    return moment


def _read(session: Session) -> tuple[datetime, int | None]:
    """The database's time, and by how much the demo's clock is moved; None where there is no demo."""
    moment, offset = session.execute(_READ[session.get_bind().dialect.name]).one()
    if isinstance(moment, str):
        return datetime.fromisoformat(f"{moment}+00:00"), offset
    return moment.astimezone(UTC), offset


def mark_as_demo(session: Session) -> None:
    """Declare this installation a demo. Only for an empty one."""
    session.merge(Installation(id=1, demo=True, clock_offset_seconds=0))
    session.flush()
    session.info.pop("demo", None)


def is_demo(session: Session) -> bool:
    """Whether everything here is fictional and the clock may be moved."""
    if "demo" not in session.info:
        fresh_now(session)
    demo: bool = session.info["demo"]
    return demo


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
        session.info.pop("demo", None)
