"""Who has been silent, and for how many votes in a row."""

from __future__ import annotations

import uuid
from datetime import datetime
from itertools import groupby, takewhile
from operator import itemgetter

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from members.queries import last_return
from network_app.core.charter import number
from network_app.votes.models import Cast, Proposal, RollEntry
from network_app.votes.rules import State

SILENT_VOTES = number("silent_votes")


def silent_in_a_row(session: Session, proposal: Proposal) -> dict[uuid.UUID, int]:
    """For each organisation that did not answer this closed vote: its silent votes in a row up to this one.

    Its votes are those on whose roll it stood and in which it could cast; an affiliate whose family cast its one vote
    was not silent. Nothing from before its last return counts, and no more than the charter's number.
    """
    streaks: dict[uuid.UUID, int] = {}
    for organisation_id, votes in groupby(_last_votes(session, proposal), key=itemgetter(0)):
        silent = list(takewhile(lambda vote: not vote[1], votes))
        if len(silent) >= SILENT_VOTES:
            since = last_return(session, organisation_id)
            silent = [vote for vote in silent if since is None or vote[2] > since]
        if silent:
            streaks[organisation_id] = len(silent)
    return streaks


def _last_votes(session: Session, proposal: Proposal) -> list[tuple[uuid.UUID, bool, datetime]]:
    """The last closed votes of everybody who could cast in this one, the latest first: whose, heard, opened when."""
    heard = exists().where(
        Cast.proposal_id == Proposal.id, Cast.version == Proposal.version, Cast.voice == RollEntry.voice
    )
    asked = select(RollEntry.organisation_id).where(RollEntry.proposal_id == proposal.id, RollEntry.speaks)
    latest = (Proposal.closes_at.desc(), Proposal.ref)
    place = func.row_number().over(partition_by=RollEntry.organisation_id, order_by=latest)
    votes = (
        select(RollEntry.organisation_id, heard.label("heard"), Proposal.opened_at, place.label("place"))
        .join(Proposal, Proposal.id == RollEntry.proposal_id)
        .where(Proposal.state == State.CLOSED, RollEntry.speaks, RollEntry.organisation_id.in_(asked))
        .subquery()
    )
    chosen = select(votes.c.organisation_id, votes.c.heard, votes.c.opened_at).where(votes.c.place <= SILENT_VOTES)
    return [
        (own, bool(said), at)
        for own, said, at in session.execute(chosen.order_by(votes.c.organisation_id, votes.c.place))
    ]
