"""`!board REF`: how a vote stands, and the head of its board, so that anybody can compare."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Ref, Reply
from network_app.core import audit
from network_app.core.config import current
from network_app.core.errors import NotFound
from network_app.core.i18n import lazy, moment_text
from network_app.core.permissions import Actor, Permission
from network_app.votes.queries import last_casts, outcome, proposal_by_ref
from network_app.votes.rules.positions import POSITIONS, State


def _board(session: Session, actor: Actor, asked: Asked) -> Reply:
    proposal = proposal_by_ref(session, asked["ref"])
    if proposal.state is State.DRAFT:
        raise NotFound()
    cast = Counter(one.position for one in last_casts(session, proposal).values())
    decided = outcome(session, proposal.id)
    return Reply(
        "board",
        {
            "ref": proposal.ref,
            "title": proposal.title,
            "state": decided.word if decided else str(proposal.state.label),
            "closes": moment_text(proposal.closes()),
            "lines": [{"label": str(POSITIONS[at].label), "count": cast[at]} for at in POSITIONS],
            "silent": len({entry.voice for entry in proposal.roll}) - cast.total(),
            "head": audit.head(session, proposal.chain),
            "link": f"{current().public_url}/votes/{proposal.ref}",
        },
    )


BOARD = Command(
    words={"en": "board", "bn": "ফলক"},
    summary=lazy("Show how a vote stands and the head of its board."),
    args=(Ref("ref", lazy("REF")),),
    act=_board,
    permission=Permission.SEE_NETWORK,
)
