"""Casting an organisation's vote: who may, until when, and the receipt that proves it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.orm import Session

from members.queries import get_organisation
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, GateShut, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, may, require
from network_app.core.texts import clean_line, clean_text
from network_app.votes.messages import LazyMoment, tell_blocked, tell_cast
from network_app.votes.models import Cast, Proposal, RollEntry
from network_app.votes.queries import cast_by_source, once_voted_for, proposal_by_ref, roll_entry, vote_mandate
from network_app.votes.rules import POSITIONS, Ground, Position, State
from network_app.votes.rules.positions import TALK_WITHIN, ground_of

E = TypeVar("E", bound=StrEnum)
LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Receipt:
    """Proof of an accepted cast. `head` stands for the whole board up to and with this entry."""

    ref: str
    title: str
    organisation_id: uuid.UUID
    organisation: str
    version: int
    position: Position
    number: int
    head: str
    at: datetime
    closes_at: datetime


def cast_vote(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    position: Position | str,
    via: str,
    source_key: str,
    reason: str | None = None,
    ground: Ground | str | None = None,
) -> Receipt:
    """Cast or change my organisation's vote; the last accepted cast before the close counts.

    `source_key` names the event that brings it: the same event again returns the same receipt and changes nothing.
    Raises NotAllowed without a vote mandate; GateShut when the vote is not open to this person now (also when the close
    passed while waiting, or the mandate has ended); Invalid where a reason is missing.
    """
    _require_vote(session, actor)
    proposal = lock(session, Proposal, proposal_by_ref(session, ref).id)
    source = clean_line(source_key, "source_key", longest=300)
    if earlier := cast_by_source(session, source):
        return _same_receipt(session, actor, proposal, earlier)
    # Read again: somebody may have waited for the lock past the close.
    entry = _place_on_roll(session, actor, proposal, clock.fresh_now(session))
    what = _known(Position, position, "position")
    cast = Cast(
        id=new_id(),
        proposal_id=proposal.id,
        version=proposal.version,
        organisation_id=entry.organisation_id,
        voice=entry.voice,
        position=what,
        reason=_reason(proposal.ref, what, reason, via),
        ground=_ground(what, ground, reason),
        via=via,
        source_key=source,
        person_id=actor.own_person(),
    )
    _accept(session, actor, proposal, cast)
    return _receipt(session, proposal, cast)


def _require_vote(session: Session, actor: Actor) -> None:
    if not may(actor, Permission.CAST_VOTE) and once_voted_for(session, actor):
        raise GateShut(lazy("Your mandate to vote has ended, so nothing was cast. What you cast before stands."))
    require(actor, Permission.CAST_VOTE)


def _same_receipt(session: Session, actor: Actor, proposal: Proposal, earlier: Cast) -> Receipt:
    if (earlier.proposal_id, earlier.organisation_id) != (proposal.id, actor.organisation_id):
        raise Conflict()
    return _receipt(session, proposal, earlier)


def _place_on_roll(session: Session, actor: Actor, proposal: Proposal, now: datetime) -> RollEntry:
    """Check that the vote is open to this person at this moment."""
    if proposal.state is State.DRAFT:
        raise GateShut(lazy("This vote is not open yet."))
    if proposal.state is State.CLOSED or now >= proposal.closes():
        raise GateShut(
            lazy("This vote closed at %(moment)s. Your cast came after that and does not count.")
            % {"moment": LazyMoment(proposal.closes())}
        )
    entry = roll_entry(session, proposal.id, actor.own_organisation())
    if entry is None:
        raise GateShut(lazy("Your organisation is not on the roll of this vote, which was fixed when it opened."))
    if not entry.speaks:
        name = get_organisation(session, entry.voice).name
        raise GateShut(lazy("Your organisation shares one vote with its family. %(name)s casts it.") % {"name": name})
    mandate = vote_mandate(session, actor.own_person(), entry.organisation_id, now)
    # Safety: a mandate given during a vote could be made for that vote, by pressure on one administrator.
    if mandate is None or mandate.since > proposal.opened():
        raise GateShut(lazy("Your mandate to vote was given after this vote opened, or it has ended."))
    return entry


def _reason(ref: str, position: Position, reason: str | None, via: str) -> str:
    facts = POSITIONS[position]
    words = clean_text(reason, "reason", longest=LONGEST_REASON, required=False)
    if words or not facts.needs_reason:
        return words
    if via == "poll":
        message = lazy(
            "This answer needs a reason, so it does not count yet. Write: !vote %(ref)s %(word)s because ..."
        )
        raise Invalid(message % {"ref": ref, "word": facts.word}, field="reason")
    raise Invalid(lazy("Please give your reason. It stands beside your position."), field="reason")


def _ground(position: Position, ground: Ground | str | None, reason: str | None) -> Ground | None:
    if position is not Position.BLOCK:
        return None
    # A block in time counts even if its ground is only named in the talk.
    return _known(Ground, ground, "ground") if ground else ground_of(reason or "")


def _known(kind: type[E], value: E | str, field: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise Invalid(lazy("Please choose one of the answers that are offered."), field=field) from None


def _accept(session: Session, actor: Actor, proposal: Proposal, cast: Cast) -> None:
    """Write the cast on the board, make room for a talk if it blocks, and tell who must know."""
    body = {
        "act": "cast",
        "organisation": str(cast.organisation_id),
        "voice": str(cast.voice),
        "version": cast.version,
        "position": cast.position.value,
        "reason": cast.reason,
        "ground": cast.ground.value if cast.ground else None,
        "via": cast.via,
    }
    link = audit.append(session, proposal.chain, body)
    cast.seq, cast.head, cast.at = link.seq, link.hash, link.at
    session.add(cast)
    session.flush()
    if cast.position is Position.BLOCK:
        _make_room_for_a_talk(session, proposal)
    audit.record(session, actor, "cast_vote", proposal.ref, seq=cast.seq, via=cast.via)
    tell_cast(session, proposal, cast)
    if cast.position is Position.BLOCK:
        tell_blocked(session, proposal, cast)


def _make_room_for_a_talk(session: Session, proposal: Proposal) -> None:
    """Move the close, once, so that a talk about a block can be held before it (DOMAIN 4)."""
    latest = clock.now(session) + TALK_WITHIN
    if proposal.close_moved or proposal.closes() >= latest:
        return
    proposal.closes_at, proposal.close_moved = latest, True
    audit.append(session, proposal.chain, {"act": "close_moved", "why": "block", "closes_at": latest.isoformat()})


def _receipt(session: Session, proposal: Proposal, cast: Cast) -> Receipt:
    return Receipt(
        ref=proposal.ref,
        title=proposal.title,
        organisation_id=cast.organisation_id,
        organisation=get_organisation(session, cast.organisation_id).name,
        version=cast.version,
        position=cast.position,
        number=cast.seq,
        head=cast.head,
        at=cast.at,
        closes_at=proposal.closes(),
    )
