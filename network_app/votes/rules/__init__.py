"""The rules of votes, as plain values; these are the words that other rooms use."""

from network_app.votes.rules.positions import (
    GROUNDS,
    POSITION_WORDS,
    POSITIONS,
    Ground,
    Position,
    PositionFacts,
    State,
)

__all__ = ["GROUNDS", "POSITIONS", "POSITION_WORDS", "Ground", "Position", "PositionFacts", "State"]
