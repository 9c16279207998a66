"""Votes for programs: read a proposal, write and open one, say what the organisation says, take the board away."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import request

from network_app.core import clock
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import PAGE_SIZE, Made, Page, made, page_of_slice
from network_app.pages.request import actor, db
from network_app.votes import queries
from network_app.votes.api.shown import (
    Board,
    NewCast,
    NewProposal,
    Opening,
    OwnReceipt,
    PositionOf,
    Receipt,
    VersionOfText,
    Vote,
    VotesAsked,
    VoteShort,
    api,
)
from network_app.votes.queries.pages import ListRow, vote_page, votes_after
from network_app.votes.use_cases import cast_vote, open_vote, propose


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
    text, state = asked.text.strip(), asked.state or ""
    found = votes_after(db(), actor(), text=text, state=state, after=asked.after or None, size=PAGE_SIZE)
    return page_of_slice(found, _short)


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
