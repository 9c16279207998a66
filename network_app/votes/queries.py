"""Reads about votes: what is open, what was said, how it stands, and the board that anybody can recount."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Mandate, Person
from members.queries.people import held_at
from network_app.core import audit
from network_app.core.db import get, get_by_ref
from network_app.core.errors import NotFound
from network_app.core.permissions import Duty
from network_app.votes.models import Cast, PollOption, Proposal, RollEntry
from network_app.votes.rules import Position, State
from network_app.votes.rules.deciding import CHARTER, Charter, Clause, Decision, Frozen, decide
from network_app.votes.rules.roll import Seat, voices

BOARD_FORMAT = "vote board 1"


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


def proposal_by_ref(session: Session, ref: str) -> Proposal:
    """Load a proposal by its reference. Raises NotFound."""
    return get_by_ref(session, Proposal, ref)


def get_proposal(session: Session, proposal_id: uuid.UUID) -> Proposal:
    """Load a proposal. Raises NotFound."""
    return get(session, Proposal, proposal_id)


def proposals(session: Session, *, state: State | None = None) -> Sequence[Proposal]:
    """List proposals: open ones first, the soonest close on top; then drafts; then closed ones, the latest first."""
    chosen = select(Proposal) if state is None else select(Proposal).where(Proposal.state == state)
    order = (State.OPEN, State.DRAFT, State.CLOSED)
    rows = session.scalars(chosen.order_by(Proposal.created_at.desc(), Proposal.ref)).all()
    return sorted(rows, key=lambda p: (order.index(p.state), _closeness(p)))


def _closeness(proposal: Proposal) -> float:
    if proposal.closes_at is None:
        return 0
    return proposal.closes_at.timestamp() * (1 if proposal.state is State.OPEN else -1)


def votes_due(session: Session, now: datetime) -> Sequence[Proposal]:
    """List the open votes whose close has passed."""
    due = select(Proposal).where(Proposal.state == State.OPEN, Proposal.closes_at <= now)
    return session.scalars(due.order_by(Proposal.closes_at, Proposal.ref)).all()


def votes_running(session: Session, now: datetime) -> Sequence[Proposal]:
    """List the open votes whose close is still to come."""
    running = select(Proposal).where(Proposal.state == State.OPEN, Proposal.closes_at > now)
    return session.scalars(running.order_by(Proposal.closes_at, Proposal.ref)).all()


def roll_entry(session: Session, proposal_id: uuid.UUID, organisation_id: uuid.UUID | None) -> RollEntry | None:
    """Find an organisation's place on a roll."""
    chosen = select(RollEntry).where(RollEntry.proposal_id == proposal_id, RollEntry.organisation_id == organisation_id)
    return session.scalar(chosen)


def speakers(proposal: Proposal, voice: uuid.UUID) -> list[RollEntry]:
    """List the organisations that may cast this one vote: one, or the affiliates of a family."""
    return [entry for entry in proposal.roll if entry.voice == voice and entry.speaks]


def silent_speakers(session: Session, proposal: Proposal) -> list[RollEntry]:
    """List the organisations whose vote has not been cast."""
    heard = last_casts(session, proposal)
    return [entry for entry in proposal.roll if entry.speaks and entry.voice not in heard]


def vote_mandate(session: Session, person_id: uuid.UUID, organisation_id: uuid.UUID, now: datetime) -> Mandate | None:
    """Find and hold the vote mandate in force at `now`; a frozen person has none.

    Safety: the rows are held until the cast commits, so that no mandate is ended and used at the same moment.
    """
    held = (
        select(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.person_id == person_id, Mandate.organisation_id == organisation_id)
        .where(Mandate.duty == Duty.VOTE, held_at(now), Person.frozen_at.is_(None))
        .order_by(Mandate.since)
        .limit(1)
    )
    return session.scalar(held.with_for_update(read=True), execution_options={"populate_existing": True})


def poll_option(session: Session, answer_id: str) -> PollOption | None:
    """Find what a native poll's answer means."""
    return session.get(PollOption, answer_id)


def poll_options(session: Session, proposal: Proposal, organisation_id: uuid.UUID) -> Sequence[PollOption]:
    """List the answers of an organisation's poll, in the order of the positions."""
    chosen = select(PollOption).where(
        PollOption.proposal_id == proposal.id,
        PollOption.version == proposal.version,
        PollOption.organisation_id == organisation_id,
    )
    order = list(Position)
    return sorted(session.scalars(chosen), key=lambda option: order.index(option.position))


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


def rule_data(proposal: Proposal) -> dict[str, Any]:
    """The rule that was frozen, as it is hashed and exported."""
    return {
        "network": proposal.network,
        "active_organisations": proposal.active_organisations,
        "affected_countries": proposal.affected_countries,
        "written_consents": proposal.written_consents,
        "charter": proposal.charter,
    }


def roll_data(proposal: Proposal) -> list[dict[str, Any]]:
    """The roll that was frozen, as it is hashed and exported."""
    return [
        {
            "organisation": str(entry.organisation_id),
            "name": entry.name,
            "country": entry.country,
            "bloc": entry.bloc,
            "voice": str(entry.voice),
            "speaks": entry.speaks,
        }
        for entry in proposal.roll
    ]


def text_data(proposal: Proposal) -> list[dict[str, Any]]:
    """The language versions that are put to the vote, each with its hash."""
    return [
        {"language": t.language, "authoritative": t.authoritative, "sha256": t.sha256, "text": t.text}
        for t in proposal.texts
        if t.version == proposal.version
    ]


def board_export(session: Session, ref: str) -> dict[str, Any]:
    """Everything that recount.py needs to count a vote again without us. Raises NotFound, also for a draft."""
    proposal = get_by_ref(session, Proposal, ref)
    links = audit.links(session, proposal.chain)
    if not links:
        raise NotFound()
    return {
        "format": BOARD_FORMAT,
        "ref": proposal.ref,
        "title": proposal.title,
        "electorate": proposal.electorate,
        "version": proposal.version,
        "opened_at": links[0].at.isoformat(),
        "closes_at": proposal.closes().isoformat(),
        "rule": rule_data(proposal),
        "roll": roll_data(proposal),
        "texts": text_data(proposal),
        "chain_name": proposal.chain,
        "chain": [
            {
                "seq": link.seq,
                "at": link.at.isoformat(),
                "body": link.body,
                "prev_hash": link.prev_hash,
                "hash": link.hash,
            }
            for link in links
        ],
        "head": links[-1].hash,
        "statement": proposal.statement,
    }
