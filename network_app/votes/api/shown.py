"""What programs are shown of votes, and what they send."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from network_app.pages.operations import Section
from network_app.pages.payload import AskedPage, Country, Days, Input, Language, Line, Output, ShortText
from network_app.pages.payload import Text as LongText
from network_app.votes.rules import Ground, Position, State

api = Section("votes", "Proposals, positions and the boards that anybody can count again.")


class VotesAsked(AskedPage):
    """What to look for."""

    text: str = Field("", max_length=100)
    state: State | None = None


class VoteShort(Output):
    """A vote in a list."""

    ref: str
    title: str
    state: State
    proposer: str
    closes_at: datetime | None
    on_roll: bool
    own_position: Position | None


class VersionOfText(Output):
    """The text in one language."""

    language: str
    authoritative: bool
    sha256: str
    text: str


class PositionOf(Output):
    """What one organisation of the roll said."""

    organisation: str
    position: Position | None
    reason: str | None


class OwnReceipt(Output):
    """Proof of a cast of mine; `head` stands for the whole board up to and with it."""

    number: int
    position: Position
    reason: str
    version: int
    head: str
    at: datetime


class Vote(Output):
    """One vote as a member sees it."""

    ref: str
    title: str
    state: State
    version: int
    proposer: str
    electorate: str
    affected_countries: list[str]
    opened_at: datetime | None
    closes_at: datetime | None
    review_on: date | None
    running: bool
    texts: list[VersionOfText]
    positions: list[PositionOf]
    on_roll: bool
    may_cast: bool
    own_receipts: list[OwnReceipt]
    missing: str
    reasons: list[str]
    head: str


class Receipt(Output):
    """Proof of an accepted cast."""

    ref: str
    organisation: str
    version: int
    position: Position
    number: int
    head: str
    at: datetime
    closes_at: datetime
    href: str


class Board(Output):
    """Everything that recount.py needs to count the vote again without us."""

    format: str
    ref: str
    title: str
    electorate: str
    version: int
    opened_at: str
    closes_at: str
    rule: dict[str, Any]
    roll: list[dict[str, Any]]
    texts: list[dict[str, Any]]
    chain_name: str
    chain: list[dict[str, Any]]
    head: str
    statement: dict[str, Any] | None


class NewProposal(Input):
    """A proposal before it is opened: `texts` by language, one of which holds where two differ."""

    title: Line
    electorate: str = Field(max_length=60, description="`network`, or `coalition:` and the id of one of ours.")
    texts: dict[Language, LongText] = Field(min_length=1, max_length=20)
    authoritative: Language
    affected_countries: list[Country] = Field(default_factory=list, max_length=12)


class Opening(Input):
    """For how long the vote shall be open."""

    days: Days = 7


class NewCast(Input):
    """A position. A reservation, a stand-aside and a block need a reason; a block rests on a ground."""

    position: Position
    reason: ShortText = ""
    ground: Ground | None = None
