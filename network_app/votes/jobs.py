"""Timed work of votes: closing what is due, reminding the silent."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.permissions import Actor
from network_app.core.schedule import Job
from network_app.votes.queries import votes_due, votes_running
from network_app.votes.use_cases import close_vote, remind_silent_voters
from network_app.votes.use_cases.member_matters import settle_member_matters


def close_due(session: Session) -> None:
    """Close every vote whose time has come."""
    for proposal in votes_due(session, clock.now(session)):
        close_vote(session, Actor.system(), ref=proposal.ref)


def remind_due(session: Session) -> None:
    """Remind the silent of every open vote, where a reminder is due."""
    for proposal in votes_running(session, clock.now(session)):
        remind_silent_voters(session, Actor.system(), ref=proposal.ref)


JOBS: tuple[Job, ...] = (
    Job("votes.close", 15, close_due),
    Job("votes.member_matters", 60, settle_member_matters),
    Job("votes.remind", 300, remind_due),
)
