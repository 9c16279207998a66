"""Votes for programs: read a proposal, write and open one, say what the organisation says, take the board away."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request
from pydantic import Field

from network_app.core import clock
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.operations import Section
from network_app.pages.payload import (
    AskedPage,
    Country,
    Days,
    Input,
    Language,
    Line,
    Made,
    Output,
    Page,
    ShortText,
    made,
    page_after,
)
from network_app.pages.payload import Text as LongText
from network_app.pages.request import actor, db
from network_app.votes import queries
from network_app.votes.queries.pages import ListRow, list_page, vote_page
from network_app.votes.rules import Ground, Position, State
from network_app.votes.use_cases import cast_vote, open_vote, propose

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


@api.get(
    "/votes",
    gives=Page[VoteShort],
    asks=VotesAsked,
    scope=Scope.READ_VOTES,
    may=Permission.SEE_NETWORK,
    web="votes.all_votes",
)
def search(asked: VotesAsked) -> Page[VoteShort]:
    """List the votes, open ones first."""
    rows = list_page(db(), actor(), text=asked.text.strip(), state=asked.state or "")
    return page_after(rows, asked.after, key=lambda row: row.proposal.ref, show=_short)


def _short(row: ListRow) -> VoteShort:
    return VoteShort(
        ref=row.proposal.ref,
        title=row.proposal.title,
        state=row.proposal.state,
        proposer=row.proposer,
        closes_at=row.proposal.closes_at,
        on_roll=row.on_roll,
        own_position=row.cast.position if row.cast else None,
    )


@api.get("/votes/<ref>", gives=Vote, scope=Scope.READ_VOTES, may=Permission.SEE_NETWORK, web="votes.show")
def show(ref: str) -> Vote:
    """Read one vote: the text, what each organisation said, and how it stands."""
    shown = vote_page(db(), actor(), ref)
    proposal, own = shown.proposal, shown.own
    return Vote(
        ref=proposal.ref,
        title=proposal.title,
        state=proposal.state,
        version=proposal.version,
        proposer=shown.proposer,
        electorate=proposal.electorate,
        affected_countries=proposal.affected_countries,
        opened_at=proposal.opened_at,
        closes_at=proposal.closes_at,
        review_on=proposal.review_on,
        running=shown.running,
        texts=VersionOfText.all_of(text for text in proposal.texts if text.version == proposal.version),
        positions=[
            PositionOf(
                organisation=entry.name,
                position=cast.position if cast else None,
                reason=(cast.reason or None) if cast else None,
            )
            for entry, cast in shown.positions
        ],
        on_roll=own is not None,
        may_cast=own.may_cast if own else False,
        own_receipts=[_own(each) for each in own.receipts] if own else [],
        missing=str(shown.missing),
        reasons=[str(reason) for reason in shown.reasons],
        head=shown.head or "",
    )


def _own(cast: Any) -> OwnReceipt:
    return OwnReceipt(
        number=cast.seq,
        position=cast.position,
        reason=cast.reason,
        version=cast.version,
        head=cast.head,
        at=cast.at,
    )


@api.get("/votes/<ref>/board", gives=Board, scope=Scope.READ_VOTES, may=Permission.SEE_NETWORK, web="votes.board")
def board(ref: str) -> Board:
    """Take the board away, for a recount elsewhere."""
    return Board(**queries.board_export(db(), ref))


@api.post(
    "/votes",
    scope=Scope.PROPOSE,
    may=Permission.PROPOSE,
    takes=NewProposal,
    gives=Made,
    web="votes.write_proposal",
)
def write_proposal(given: NewProposal) -> Made:
    """Keep a proposal as a draft, to be read once more before it is opened."""
    proposal = propose(db(), actor(), **given.model_dump())
    return made(f"/votes/{proposal.ref}", ref=proposal.ref, id=proposal.id)


@api.post(
    "/votes/<ref>/open",
    scope=Scope.PROPOSE,
    may=Permission.PROPOSE,
    takes=Opening,
    changes="show",
    web="votes.open_proposal",
)
def open_proposal(ref: str, given: Opening) -> None:
    """Open a draft for everybody on the roll."""
    open_vote(db(), actor(), ref=ref, closes_at=clock.now(db()) + timedelta(days=given.days))


@api.post(
    "/votes/<ref>/cast",
    scope=Scope.CAST,
    may=Permission.CAST_VOTE,
    takes=NewCast,
    gives=Receipt,
    changes="show",
    web="votes.cast",
)
def cast(ref: str, given: NewCast) -> Receipt:
    """Cast or change my organisation's position."""
    receipt = cast_vote(
        db(),
        actor(),
        ref=ref,
        position=given.position,
        reason=given.reason,
        ground=given.ground,
        via="api",
        source_key=_source_key(actor().own_person()),
    )
    return Receipt(
        ref=receipt.ref,
        organisation=receipt.organisation,
        version=receipt.version,
        position=receipt.position,
        number=receipt.number,
        head=receipt.head,
        at=receipt.at,
        closes_at=receipt.closes_at,
        href=made(f"/votes/{receipt.ref}").href,
    )


def _source_key(person_id: UUID) -> str:
    """The name of this event, in the person's own room of names."""
    return f"api:{person_id}:{request.headers.get('Idempotency-Key') or secrets.token_urlsafe(12)}"
