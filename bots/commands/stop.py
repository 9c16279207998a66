"""`!stop REF`: stop everything public about a case, at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Ref, Reply
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from urgent_appeals.use_cases.consent import stop_publication


def _stop(session: Session, actor: Actor, asked: Asked) -> Reply:
    stop_publication(session, actor, ref=asked["ref"])
    return Reply("publication_stopped", {"ref": asked["ref"]})


STOP = Command(
    words={"en": "stop", "bn": "থামাও"},
    summary=lazy("Stop everything public about a case, at once."),
    args=(Ref("ref", lazy("REF")),),
    act=_stop,
    permission=Permission.SEE_APPEALS,
    changes=True,
)
