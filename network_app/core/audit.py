"""Append-only, hash-chained records: the audit of every act, the timeline of a case, the board of a vote.

One mechanism for all three, so that there is one thing to check. Each chain has a head row that is locked while a link
is added, so two acts never claim the same place.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from network_app.core import clock
from network_app.core.db import Base, UtcDateTime
from network_app.core.permissions import Actor

AUDIT = "audit"
START = "0" * 64


class ChainHead(Base):
    """The last link of a chain."""

    __tablename__ = "chain_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]


class ChainLink(Base):
    """One entry of a chain. The body is stored as the exact text that was hashed."""

    __tablename__ = "chain_link"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str]
    hash: Mapped[str]


# Columns and no rows: nobody changes a link that was read, and a timeline has many.
_LINKS = (
    select(ChainLink.seq, ChainLink.at, ChainLink.body, ChainLink.prev_hash, ChainLink.hash)
    .where(ChainLink.chain == bindparam("chain"))
    .order_by(ChainLink.seq)
)


@dataclass(frozen=True)
class Link:
    """One entry as read from a chain."""

    seq: int
    at: datetime
    body: dict[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Broken:
    """Where a chain first does not hold, and how."""

    seq: int
    reason: str


def link_hash(chain: str, seq: int, at: datetime, body: str, prev_hash: str) -> str:
    """SHA-256 over everything a link says and over the link before it."""
    return hashlib.sha256("\n".join((chain, str(seq), at.isoformat(), body, prev_hash)).encode()).hexdigest()


def canonical(body: dict[str, Any]) -> str:
    """The one way a body is written, so that everybody who hashes it gets the same bytes."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(session: Session, chain: str, body: dict[str, Any]) -> Link:
    """Add a link to `chain`. Holds the chain's head until the transaction ends."""
    last = session.get(ChainHead, chain, with_for_update=True, populate_existing=True)
    if last is None:
        last = _first_head(session, chain)
    seq, at, text = last.seq + 1, clock.now(session), canonical(body)
    link = ChainLink(
        chain=chain,
        seq=seq,
        at=at,
        body=text,
        prev_hash=last.hash,
        hash=link_hash(chain, seq, at, text, last.hash),
    )
    session.add(link)
    last.seq, last.hash = seq, link.hash
    session.flush()
    return _read(link)


def _first_head(session: Session, chain: str) -> ChainHead:
    # Two first acts at once: the primary key lets one in, the other waits and then sees the row.
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    session.execute(insert(ChainHead).values(chain=chain, seq=0, hash=START).on_conflict_do_nothing())
    return session.get_one(ChainHead, chain, with_for_update=True, populate_existing=True)


def record(session: Session, actor: Actor, act: str, subject: str, **details: Any) -> Link:
    """Write into the audit who did what to what. Details are ids, states and counts: never a name or a text.

    Raises ValueError for a person without organisation or mandate: who acts, acts for somebody and under something.
    """
    if actor.is_person and not (actor.person_id and actor.organisation_id and actor.mandate_ids):
        raise ValueError(f"{act}: a person acts without an organisation or a mandate")
    body = {
        "act": act,
        "subject": subject,
        "kind": actor.kind.value,
        "person": str(actor.person_id) if actor.person_id else None,
        "organisation": str(actor.organisation_id) if actor.organisation_id else None,
        "mandates": sorted(str(mandate) for mandate in actor.mandate_ids),
        "details": {name: _plain(value) for name, value in details.items()},
    }
    return append(session, AUDIT, body)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def links(session: Session, chain: str) -> list[Link]:
    """Every entry of a chain, oldest first."""
    rows = session.execute(_LINKS, {"chain": chain})
    return [Link(seq, at, json.loads(body), prev_hash, own_hash) for seq, at, body, prev_hash, own_hash in rows]


def head(session: Session, chain: str) -> str:
    """The hash that stands for the whole chain so far."""
    row = session.get(ChainHead, chain)
    return row.hash if row else START


def verify(session: Session, chain: str) -> Broken | None:
    """Walk a chain and say where it was changed, cut or reordered; None if it holds."""
    last_hash, expected = START, 0
    for row in session.scalars(select(ChainLink).where(ChainLink.chain == chain).order_by(ChainLink.seq)):
        expected += 1
        if row.seq != expected or row.prev_hash != last_hash:
            return Broken(expected, "a link is missing or out of order")
        if row.hash != link_hash(chain, row.seq, row.at, row.body, row.prev_hash):
            return Broken(row.seq, "a link was changed")
        last_hash = row.hash
    if head(session, chain) != last_hash:
        return Broken(expected + 1, "the end was cut off")
    return None


def _read(row: ChainLink) -> Link:
    return Link(row.seq, row.at, json.loads(row.body), row.prev_hash, row.hash)
