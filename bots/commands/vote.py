"""`!vote REF position [because ...]`: cast or change the organisation's vote."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Choice, Command, FreeText, Ref, Reply
from bots.polls import receipt_reply
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.votes.rules.positions import POSITIONS, Position
from network_app.votes.use_cases.casting import cast_vote

IN_BENGALI = {
    Position.AGREE: "সম্মত",
    Position.AGREE_WITH_RESERVATION: "আপত্তিসহ",
    Position.STAND_ASIDE: "সরেদাঁড়াই",
    Position.ABSTAIN: "বিরত",
    Position.BLOCK: "বাধা",
}


def _vote(session: Session, actor: Actor, asked: Asked) -> Reply:
    receipt = cast_vote(
        session,
        actor,
        ref=asked["ref"],
        position=asked["position"],
        reason=asked.get("reason"),
        via="chat",
        source_key=asked.event_id,
    )
    return receipt_reply(receipt)


VOTE = Command(
    words={"en": "vote", "bn": "ভোট"},
    summary=lazy("Cast or change your organisation's vote."),
    args=(
        Ref("ref", lazy("REF")),
        Choice("position", {at: {"en": facts.word, "bn": IN_BENGALI[at]} for at, facts in POSITIONS.items()}),
        FreeText("reason", lazy("..."), after={"en": "because", "bn": "কারণ"}),
    ),
    act=_vote,
    permission=Permission.CAST_VOTE,
    changes=True,
)
