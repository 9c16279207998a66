"""Every question about votes in one place, so that other rooms need not know which file answers it."""

from network_app.votes.queries.board import board_export, roll_data, rule_data, text_data
from network_app.votes.queries.counting import (
    Outcome,
    cast_by_source,
    casts,
    frozen,
    last_casts,
    outcome,
    silent_speakers,
    standing,
)
from network_app.votes.queries.proposals import (
    get_proposal,
    once_voted_for,
    poll_option,
    poll_options,
    proposal_by_ref,
    roll_entry,
    speakers,
    vote_mandate,
    votes_due,
    votes_running,
)

__all__ = [
    "Outcome",
    "board_export",
    "cast_by_source",
    "casts",
    "frozen",
    "get_proposal",
    "last_casts",
    "once_voted_for",
    "outcome",
    "poll_option",
    "poll_options",
    "proposal_by_ref",
    "roll_data",
    "roll_entry",
    "rule_data",
    "silent_speakers",
    "speakers",
    "standing",
    "text_data",
    "vote_mandate",
    "votes_due",
    "votes_running",
]
