"""What an answer to a native poll means: exactly one position of one organisation in one vote, or nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Reply
from bots.events import PollAnswer
from network_app.core.errors import Conflict, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor
from network_app.votes.queries import get_proposal, poll_option
from network_app.votes.rules.positions import POSITIONS
from network_app.votes.use_cases.casting import Receipt, cast_vote


def take_poll_answer(session: Session, actor: Actor, answer: PollAnswer) -> Reply:
    """Cast the position that a poll answer stands for. Raises NetworkError if it casts nothing."""
    if len(answer.answers) != 1:
        raise Invalid(lazy("An answer without exactly one position casts nothing. What was cast before stands."))
    option = poll_option(session, answer.answers[0])
    # Safety: the answer's own id says which organisation is meant; an id from another room's poll casts nothing here.
    if option is None or option.organisation_id != actor.organisation_id:
        raise NotFound(lazy("This answer belongs to no vote of this organisation. Nothing was cast."))
    proposal = get_proposal(session, option.proposal_id)
    if option.version != proposal.version:
        raise Conflict(lazy("The proposal has changed since this poll. Please answer the newest one."))
    receipt = cast_vote(
        session, actor, ref=proposal.ref, position=option.position, via="poll", source_key=answer.event_id
    )
    return receipt_reply(receipt)


def receipt_reply(receipt: Receipt) -> Reply:
    """The receipt of a cast, as the room where it was cast sees it."""
    return Reply(
        "vote_counted",
        {
            "ref": receipt.ref,
            "organisation": receipt.organisation,
            "position": str(POSITIONS[receipt.position].label),
            "version": receipt.version,
            "number": receipt.number,
            "head": receipt.head,
        },
    )
