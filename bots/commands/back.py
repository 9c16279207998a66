"""`!back`: the one word that brings a dormant organisation back onto the next rolls."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Reply
from members.use_cases.standing import wake_organisation
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission


def _back(session: Session, actor: Actor, _asked: Asked) -> Reply:
    wake_organisation(session, actor)
    return Reply("back_again", {})


BACK = Command(
    words={"en": "back", "bn": "ফিরেছি"},
    summary=lazy("Bring our organisation back onto the next rolls, after it was silent for long."),
    args=(),
    act=_back,
    permission=Permission.SEE_NETWORK,
    changes=True,
)
