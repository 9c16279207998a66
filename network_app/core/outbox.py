"""What the network says to the outside, planned in the same transaction as the act that causes it.

    planned -> sending -> sent
                       -> planned again (a retry with backoff)
                       -> uncertain (nobody knows whether it arrived: held for a person, for letters)
                       -> failed (will never work)
    planned -> held (a gate was shut when it was due) or recalled (undone before it left)

Keys come from the business fact (`call:<id>:asked:mail`), so planning the same thing twice plans it once, and the id of
a row is derived from its key, so the Matrix transaction id and the Message-ID are the same after every crash.
"""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core import clock
from network_app.core.crypto import keyring
from network_app.core.db import Base, EnumText, UtcDateTime, changed_rows

NAMESPACE = uuid.UUID("6f1f7a0e-5c0b-4d55-9a4b-3b1d4b3f6a11")
REPLY, URGENT, NORMAL, BULK = 0, 2, 5, 8
SEALED = "sealed"


class Channel(StrEnum):
    """The way a message leaves."""

    MAIL = "mail"
    MATRIX = "matrix"


class State(StrEnum):
    """Where a message is on its way."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    HELD = "held"
    RECALLED = "recalled"


class Outgoing(Base):
    """One message to one recipient."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "channel", "state", "not_before", "priority"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    recipient: Mapped[str]
    language: Mapped[str]
    template: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    gate: Mapped[str | None]
    letter: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=NORMAL)
    state: Mapped[State] = mapped_column(EnumText(State), default=State.PLANNED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    remote_id: Mapped[str | None]
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


IN_ORDER = (Outgoing.priority, Outgoing.not_before, Outgoing.created_at, Outgoing.key)


def message_id(key: str) -> uuid.UUID:
    """The id that a message of this key has, before and after any crash."""
    return uuid.uuid5(NAMESPACE, key)


def enqueue_mail(
    session: Session,
    *,
    key: str,
    to: str,
    language: str,
    template: str,
    values: dict[str, Any],
    gate: str | None = None,
    not_before: datetime | None = None,
    letter: bool = False,
    secrets: dict[str, str] | None = None,
) -> None:
    """Plan a mail. A `letter` whose sending ended in doubt is never sent again without a person's word.

    `secrets` are values, such as a link that lets somebody in, that must not stand readable in a copied database.
    """
    sealed = {name: {SEALED: _sealed(key, secret)} for name, secret in (secrets or {}).items()}
    said = {"language": language, "template": template, "values": values | sealed, "gate": gate, "letter": letter}
    _plan(session, key, not_before, channel=Channel.MAIL, recipient=to, **said)


def enqueue_chat(
    session: Session,
    *,
    key: str,
    room: str,
    language: str,
    template: str,
    values: dict[str, Any],
    gate: str | None = None,
    not_before: datetime | None = None,
    priority: int = NORMAL,
) -> None:
    """Plan a post to a room, named as the domain knows it: `org:<id>`, `coalition:<id>`, `case:<id>`, `dm:<id>`."""
    said = {"language": language, "template": template, "values": values, "gate": gate, "priority": priority}
    _plan(session, key, not_before, channel=Channel.MATRIX, recipient=room, **said)


def _sealed(key: str, secret: str) -> str:
    return b64encode(keyring().seal(secret.encode(), f"outbox:{key}")).decode()


def opened_values(row: Outgoing) -> dict[str, Any]:
    """The values of a message as they are sent, secrets opened."""
    return {
        name: keyring().open(b64decode(value[SEALED]), f"outbox:{row.key}").decode()
        if isinstance(value, dict) and SEALED in value
        else value
        for name, value in row.values.items()
    }


def _plan(session: Session, key: str, not_before: datetime | None, **said: Any) -> None:
    now = clock.now(session)
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    row = {
        "id": message_id(key),
        "key": key,
        "letter": False,
        "priority": NORMAL,
        "state": State.PLANNED,
        "attempts": 0,
        "created_at": now,
        "not_before": not_before or now,
    }
    # No column is named: of two plans at the same instant the id, made from the key, may collide before the key does.
    session.execute(insert(Outgoing).values(row | said).on_conflict_do_nothing())


def claim(session: Session, channel: Channel, *, by: str, limit: int, lease: timedelta) -> list[Outgoing]:
    """Take due messages for sending, each by one process only. Commit before sending.

    A message whose lease ran out belongs to a process that died: an alert is taken again (its id is the same), a letter
    becomes uncertain, because it may already have arrived.
    """
    now = clock.fresh_now(session)
    _give_up_on_lost_letters(session, channel, now)
    ids = _due(session, channel, now, limit)
    if not ids:
        return []
    taken = update(Outgoing).where(Outgoing.id.in_(ids))
    first = func.coalesce(Outgoing.first_tried_at, now)
    changed_rows(
        session,
        taken.values(
            state=State.SENDING,
            lease_by=by,
            lease_until=now + lease,
            attempts=Outgoing.attempts + 1,
            first_tried_at=first,
        ),
    )
    rows = select(Outgoing).where(Outgoing.id.in_(ids)).order_by(*IN_ORDER)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def _due(session: Session, channel: Channel, now: datetime, limit: int) -> list[uuid.UUID]:
    planned = (Outgoing.state == State.PLANNED) & (Outgoing.not_before <= now)
    abandoned = (Outgoing.state == State.SENDING) & (Outgoing.lease_until < now)
    chosen = select(Outgoing.id).where(Outgoing.channel == channel, or_(planned, abandoned))
    # SKIP LOCKED is silently ignored by SQLite, where BEGIN IMMEDIATE already keeps everybody else out.
    return list(session.scalars(chosen.order_by(*IN_ORDER).limit(limit).with_for_update(skip_locked=True)))


def _give_up_on_lost_letters(session: Session, channel: Channel, now: datetime) -> None:
    lost = (
        Outgoing.channel == channel,
        Outgoing.state == State.SENDING,
        Outgoing.lease_until < now,
        Outgoing.letter,
    )
    session.execute(
        update(Outgoing).where(*lost).values(state=State.UNCERTAIN, error="the sender stopped while sending")
    )


def hold(session: Session, row_id: uuid.UUID, *, by: str, lease: timedelta) -> bool:
    """Go on holding a message just before it is sent. False if the lease ran out: then another process may have it."""
    # Safety: a sender that was slow with the messages before this one must not send what others count as lost.
    now = clock.fresh_now(session)
    mine = (Outgoing.id == row_id, Outgoing.state == State.SENDING, Outgoing.lease_by == by, Outgoing.lease_until > now)
    return changed_rows(session, update(Outgoing).where(*mine).values(lease_until=now + lease)) == 1


def mark_sent(session: Session, row_id: uuid.UUID, *, by: str, remote_id: str | None = None) -> bool:
    """The message arrived at the next server. False if another process holds the row by now."""
    now = clock.now(session)
    return _settle(session, row_id, by, state=State.SENT, sent_at=now, remote_id=remote_id, error=None)


def mark_retry(session: Session, row_id: uuid.UUID, *, by: str, error: str, delay: timedelta) -> bool:
    """It certainly did not arrive: try again after `delay`."""
    return _settle(session, row_id, by, state=State.PLANNED, error=error, not_before=clock.now(session) + delay)


def mark_uncertain(session: Session, row_id: uuid.UUID, *, by: str, error: str) -> bool:
    """Nobody knows whether it arrived: a person decides."""
    return _settle(session, row_id, by, state=State.UNCERTAIN, error=error)


def mark_failed(session: Session, row_id: uuid.UUID, *, by: str, error: str) -> bool:
    """It can never arrive."""
    return _settle(session, row_id, by, state=State.FAILED, error=error)


def mark_held(session: Session, row_id: uuid.UUID, *, by: str, reason: str) -> bool:
    """A gate was shut at the moment of sending; nothing left."""
    return _settle(session, row_id, by, state=State.HELD, error=reason)


def _settle(session: Session, row_id: uuid.UUID, by: str, **values: Any) -> bool:
    # Safety: only the holder of the lease may settle; a process that hung for minutes must not undo another's result.
    mine = (Outgoing.id == row_id, Outgoing.state == State.SENDING, Outgoing.lease_by == by)
    return changed_rows(session, update(Outgoing).where(*mine).values(lease_until=None, lease_by=None, **values)) == 1


def release(session: Session, channel: Channel, *, not_by: str) -> int:
    """Plan again at once what a dead process was sending; only for who knows that all others are dead."""
    abandoned = (Outgoing.channel == channel, Outgoing.state == State.SENDING, Outgoing.lease_by != not_by)
    freed = update(Outgoing).where(*abandoned, Outgoing.letter.is_(False))
    return changed_rows(session, freed.values(state=State.PLANNED, lease_until=None, lease_by=None))


def recall(session: Session, *, key_prefix: str) -> int:
    """Take back what has not left yet; returns how many messages that were."""
    waiting = Outgoing.state.in_((State.PLANNED, State.HELD))
    theirs = Outgoing.key.startswith(key_prefix, autoescape=True)
    return changed_rows(session, update(Outgoing).where(theirs, waiting).values(state=State.RECALLED))


def recall_from(session: Session, *, recipients: Collection[str], key_part: str = "") -> int:
    """Take back what has not left yet to these recipients, if `key_part` stands in its key; returns how many."""
    waiting = Outgoing.state.in_((State.PLANNED, State.HELD))
    theirs = Outgoing.recipient.in_(recipients) & Outgoing.key.contains(key_part, autoescape=True)
    return changed_rows(session, update(Outgoing).where(theirs, waiting).values(state=State.RECALLED))


def resend(session: Session, row_id: uuid.UUID) -> None:
    """A person decided that an uncertain or held message shall be sent (again)."""
    again = Outgoing.state.in_((State.UNCERTAIN, State.HELD, State.FAILED))
    session.execute(
        update(Outgoing).where(Outgoing.id == row_id, again).values(state=State.PLANNED, not_before=clock.now(session))
    )


def held_mail(session: Session) -> list[Outgoing]:
    """The mails that were kept back at the moment of sending."""
    return list(session.scalars(select(Outgoing).filter_by(channel=Channel.MAIL, state=State.HELD)))


def mark_arrived(session: Session, row_id: uuid.UUID) -> None:
    """A person found out that a message in doubt had arrived."""
    doubtful = (Outgoing.id == row_id, Outgoing.state == State.UNCERTAIN)
    changed_rows(session, update(Outgoing).where(*doubtful).values(state=State.SENT, sent_at=clock.now(session)))


def by_key(session: Session, keys: Sequence[str]) -> list[Outgoing]:
    """The messages of these keys, to show where they are on their way."""
    return list(session.scalars(select(Outgoing).where(Outgoing.key.in_(keys))))


def backoff(attempts: int, *, jitter: float, longest: float = 900.0) -> timedelta:
    """How long to wait after the n-th failed try: 2, 4, 8 ... seconds up to `longest`, spread by `jitter` in 0..1."""
    return timedelta(seconds=min(longest, 2.0 ** min(attempts, 12)) * (0.5 + jitter / 2))


def needing_a_person(session: Session) -> list[Outgoing]:
    """The messages that will not move by themselves, the oldest first."""
    waiting = select(Outgoing).where(Outgoing.state.in_((State.UNCERTAIN, State.FAILED, State.HELD)))
    return list(session.scalars(waiting.order_by(Outgoing.created_at).limit(200)))
