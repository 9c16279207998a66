"""`!case REF`: where a case stands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Ref, Reply
from network_app.core.config import current
from network_app.core.errors import NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from urgent_appeals.queries.case import case_audience, get_appeal, network_may_know
from urgent_appeals.rules.clocks import Clock


def _case(session: Session, actor: Actor, asked: Asked) -> Reply:
    appeal = get_appeal(session, asked["ref"])
    # Safety: others read along in a room, so there it says only what the whole network may know of a case.
    alone = asked.room.startswith("dm:")
    if case_audience(session, actor, appeal) is None or not (alone or network_may_know(session, appeal)):
        raise NotFound()
    return Reply(
        "case",
        {
            "ref": appeal.ref,
            "stage": str(appeal.stage.label),
            "danger": int(appeal.clock is Clock.DANGER),
            "stopped": int(appeal.publication_stopped_at is not None or appeal.stopped_at is not None),
            "link": f"{current().public_url}/appeals/{appeal.ref}",
        },
    )


CASE = Command(
    words={"en": "case", "bn": "মামলা"},
    summary=lazy("Say where a case stands. What only the case team may know, I say in a direct chat."),
    args=(Ref("ref", lazy("REF")),),
    act=_case,
    permission=Permission.SEE_APPEALS,
)
