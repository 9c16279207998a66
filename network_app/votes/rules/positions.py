"""What an organisation can say to a proposal, where a proposal can stand, and the times of a vote (DOMAIN 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from network_app.core.charter import span
from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled


class Position(StrEnum):
    """What an organisation says. Silence counts exactly as abstaining."""

    AGREE = "agree"
    AGREE_WITH_RESERVATION = "agree_with_reservation"
    STAND_ASIDE = "stand_aside"
    ABSTAIN = "abstain"
    BLOCK = "block"


@dataclass(frozen=True)
class PositionFacts:
    """How a position is said in chat, shown on a page and explained."""

    word: str
    label: LazyText
    short: LazyText
    meaning: LazyText
    needs_reason: bool = False


POSITIONS: dict[Position, PositionFacts] = {
    Position.AGREE: PositionFacts(
        word="agree",
        label=lazy("We agree"),
        short=lazy("agree"),
        meaning=lazy("We carry this, and our name may stand under it."),
    ),
    Position.AGREE_WITH_RESERVATION: PositionFacts(
        word="reservation",
        label=lazy("We agree with a reservation"),
        short=lazy("with a reservation"),
        meaning=lazy("We carry this, and our worry is written down beside it."),
        needs_reason=True,
    ),
    Position.STAND_ASIDE: PositionFacts(
        word="aside",
        label=lazy("We stand aside"),
        short=lazy("stand aside"),
        meaning=lazy("We do not carry this and sign nothing, but we let the others go on."),
        needs_reason=True,
    ),
    Position.ABSTAIN: PositionFacts(
        word="abstain",
        label=lazy("We abstain"),
        short=lazy("abstain"),
        meaning=lazy("We take no side. It counts the same as silence."),
    ),
    Position.BLOCK: PositionFacts(
        word="block",
        label=lazy("We block"),
        short=lazy("block"),
        meaning=lazy("This must not go on as it is. One block is enough to stop it."),
        needs_reason=True,
    ),
}
POSITION_WORDS: dict[str, Position] = {facts.word: position for position, facts in POSITIONS.items()}


class Ground(StrEnum):
    """What a block may rest on."""

    SAFETY = "safety"
    CHARTER = "charter"
    MANDATE = "mandate"


GROUNDS: dict[Ground, LazyText] = {
    Ground.SAFETY: lazy("The safety of workers"),
    Ground.CHARTER: lazy("The charter of the network"),
    Ground.MANDATE: lazy("The mandate of our organisation"),
}


class State(Labelled):
    """Where a proposal stands."""

    DRAFT = "draft", lazy("Draft")
    OPEN = "open", lazy("Open")
    CLOSED = "closed", lazy("Closed")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.OPEN}),
    State.OPEN: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}

# Safety: in a shorter vote a few could agree while those who would block are asleep.
SHORTEST_OPEN = span("vote_shortest")
LONGEST_OPEN = span("vote_longest")
TALK_WITHIN = span("talk_within")
REVIEW_AFTER = span("review_after")
REMIND_AT = ((1, 2), (9, 10))


def reminders_due(opened_at: datetime, closes_at: datetime, moment: datetime) -> int:
    """How many of the reminders (at half and at nine tenths of the time) are due at `moment`."""
    whole = closes_at - opened_at
    return sum(moment >= opened_at + whole * part / of for part, of in REMIND_AT)


def ground_of(reason: str) -> Ground | None:
    """The ground that a block's reason begins with: `safety: the organisers were threatened`."""
    first = reason.replace(":", " ").split(maxsplit=1)[:1]
    return next((ground for ground in Ground if first == [ground.value]), None)
