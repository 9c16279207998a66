"""Opening a vote: who votes, by which rule and on which text is fixed here and never looked up again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from members.queries import get_organisation, organisations, roll_candidates
from members.rules import OrganisationStatus
from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.votes.messages import tell_opened
from network_app.votes.models import PollOption, Proposal, RollEntry
from network_app.votes.queries import proposal_by_ref, roll_data, rule_data, text_data
from network_app.votes.rules import Position, State
from network_app.votes.rules.deciding import CHARTER
from network_app.votes.rules.positions import LONGEST_OPEN, SHORTEST_OPEN, TRANSITIONS
from network_app.votes.rules.roll import Seat, Standing, seats


def open_vote(session: Session, actor: Actor, *, ref: str, closes_at: datetime) -> Proposal:
    """Open a proposal for everyone on the roll, freeze what decides it, and tell them.

    Raises NotAllowed for another organisation's proposal, Conflict if it is no draft any more, Invalid for a close
    that is too near or too far, GateShut if nobody may vote.
    """
    require(actor, Permission.PROPOSE)
    proposal = lock(session, Proposal, proposal_by_ref(session, ref).id)
    if proposal.organisation_id != actor.own_organisation():
        raise NotAllowed()
    now = clock.fresh_now(session)
    _check(proposal, closes_at - now)
    proposal.state = State.OPEN
    proposal.opened_at, proposal.closes_at = now, closes_at
    _freeze(session, proposal, now)
    audit.append(session, proposal.chain, _opened(proposal))
    audit.record(session, actor, "open_vote", proposal.ref, closes_at=closes_at, roll=len(proposal.roll))
    tell_opened(session, proposal)
    return proposal


def _check(proposal: Proposal, time: timedelta) -> None:
    if State.OPEN not in TRANSITIONS[proposal.state]:
        raise Conflict(lazy("This vote was opened already."))
    if not SHORTEST_OPEN <= time <= LONGEST_OPEN:
        message = lazy("A vote is open for at least %(hours)d hours and at most %(days)d days.")
        limits = {"hours": SHORTEST_OPEN // timedelta(hours=1), "days": LONGEST_OPEN.days}
        raise Invalid(message % limits, field="closes_at")


def _freeze(session: Session, proposal: Proposal, now: datetime) -> None:
    """Fix the roll with its blocs, the rule, and the answers of each organisation's poll."""
    candidates = roll_candidates(session, now, proposal.electorate)
    standing = [
        Standing(
            str(c.organisation_id),
            c.name,
            c.country,
            c.bloc,
            get_organisation(session, c.organisation_id).side.value,
            c.family,
        )
        for c in candidates
    ]
    proposal.charter = CHARTER.as_data()
    proposal.active_organisations = _active(session)
    proposal.roll = list(_entries(seats(standing, proposal.affected_countries)))
    if not proposal.roll:
        raise GateShut(lazy("Nobody could vote on this: no organisation has been a member for 90 days."))
    session.add_all(
        PollOption(
            # Safety: unguessable, so that an answer cannot be made up for another organisation or another vote.
            answer_id=secrets.token_urlsafe(18),
            proposal_id=proposal.id,
            version=proposal.version,
            organisation_id=entry.organisation_id,
            position=position,
        )
        for entry in proposal.roll
        if entry.speaks
        for position in Position
    )
    session.flush()


def _active(session: Session) -> int:
    members = organisations(session, statuses=(OrganisationStatus.ACTIVE,))
    return sum(not organisation.secretariat for organisation in members)


def _entries(roll: Iterable[Seat]) -> Iterable[RollEntry]:
    for place, one in enumerate(roll):
        yield RollEntry(
            place=place,
            organisation_id=UUID(one.organisation),
            name=one.name,
            country=one.country,
            bloc=one.bloc,
            voice=UUID(one.voice),
            speaks=one.speaks,
        )


def _opened(proposal: Proposal) -> dict[str, Any]:
    """The first entry of the board: it fixes everything else by its fingerprint."""
    texts = [[t["language"], t["authoritative"], t["sha256"]] for t in text_data(proposal)]
    return {
        "act": "opened",
        "ref": proposal.ref,
        "title": proposal.title,
        "electorate": proposal.electorate,
        "version": proposal.version,
        "closes_at": proposal.closes().isoformat(),
        "roll_sha256": _sha256(roll_data(proposal)),
        "rule_sha256": _sha256(rule_data(proposal)),
        "texts_sha256": _sha256(texts),
    }


def _sha256(value: Any) -> str:
    return hashlib.sha256(audit.canonical(value).encode()).hexdigest()
