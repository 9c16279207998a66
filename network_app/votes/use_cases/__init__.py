"""The acts of a vote, from the proposal to the statement."""

from network_app.votes.use_cases.casting import Receipt, cast_vote
from network_app.votes.use_cases.closing import close_vote
from network_app.votes.use_cases.opening import open_vote
from network_app.votes.use_cases.proposing import propose
from network_app.votes.use_cases.reminding import remind_silent_voters

__all__ = ["Receipt", "cast_vote", "close_vote", "open_vote", "propose", "remind_silent_voters"]
