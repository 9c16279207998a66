"""Reads about what was cast: every cast, the one that counts, how it stands and what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.votes.models import Cast, Proposal, RollEntry
from network_app.votes.queries.proposals import get_proposal
from network_app.votes.rules import Position
from network_app.votes.rules.deciding import CHARTER, Charter, Clause, Decision, Frozen, decide
from network_app.votes.rules.roll import Seat, voices


@dataclass(frozen=True)
class Outcome:
    """What a closed vote decided. Who stood aside or blocked signs nothing that follows from it."""

    ref: str
    adopted: bool
    word: str
    clauses: tuple[Clause, ...]
    statement: Mapping[str, Any]
    closed_at: datetime
    not_carrying: frozenset[uuid.UUID]


def cast_by_source(session: Session, source_key: str) -> Cast | None:
    """Find the cast that an event already brought."""
    return session.scalar(select(Cast).where(Cast.source_key == source_key))


def casts(session: Session, proposal: Proposal) -> Sequence[Cast]:
    """List every accepted cast on the version that is put to the vote, in the order of the board."""
    chosen = select(Cast).where(Cast.proposal_id == proposal.id, Cast.version == proposal.version)
    return session.scalars(chosen.order_by(Cast.seq)).all()


def last_casts(session: Session, proposal: Proposal) -> dict[uuid.UUID, Cast]:
    """The cast that counts for each vote: the last accepted one, by the order of our own board."""
    return {cast.voice: cast for cast in casts(session, proposal)}


def own_last_casts(session: Session, entries: Mapping[uuid.UUID, RollEntry]) -> dict[uuid.UUID, Cast]:
    """The casts that count for an organisation, by proposal; `entries` are its places on the rolls."""
    chosen = select(Cast).where(Cast.voice.in_({entry.voice for entry in entries.values()})).order_by(Cast.seq)
    rows = (cast for cast in session.scalars(chosen) if cast.proposal_id in entries)
    return {cast.proposal_id: cast for cast in rows if cast.voice == entries[cast.proposal_id].voice}


def frozen(proposal: Proposal) -> Frozen:
    """The roll and the rule as they were fixed at the opening."""
    roll = [Seat(str(e.organisation_id), e.name, e.country, e.bloc, str(e.voice), e.speaks) for e in proposal.roll]
    return Frozen(
        roll=voices(roll),
        network=proposal.network,
        active_organisations=proposal.active_organisations,
        affected=tuple(proposal.affected_countries),
        written_consents=frozenset(proposal.written_consents),
        charter=CHARTER if proposal.charter is None else Charter.from_data(proposal.charter),
    )


def standing(session: Session, proposal: Proposal) -> Decision:
    """How it stands: what would be decided if the vote closed now."""
    positions = {str(voice): cast.position for voice, cast in last_casts(session, proposal).items()}
    return decide(frozen(proposal), positions)


def outcome(session: Session, proposal_id: uuid.UUID) -> Outcome | None:
    """Find what a vote decided; None until it is closed. Raises NotFound."""
    proposal = get_proposal(session, proposal_id)
    if proposal.statement is None:
        return None
    said = {cast.voice: cast.position for cast in last_casts(session, proposal).values()}
    aside = {voice for voice, position in said.items() if position in (Position.STAND_ASIDE, Position.BLOCK)}
    return Outcome(
        ref=proposal.ref,
        adopted=proposal.statement["adopted"],
        word=proposal.statement["outcome"],
        clauses=tuple(Clause.from_data(clause) for clause in proposal.statement["clauses"]),
        statement=proposal.statement,
        closed_at=proposal.closes(),
        not_carrying=frozenset(e.organisation_id for e in proposal.roll if e.voice in aside),
    )


def silent_speakers(session: Session, proposal: Proposal) -> list[RollEntry]:
    """List the organisations whose vote has not been cast."""
    heard = last_casts(session, proposal)
    return [entry for entry in proposal.roll if entry.speaks and entry.voice not in heard]
