"""`!calls`: what the organisation was asked to do and has not finished."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Reply
from network_app.core.config import current
from network_app.core.i18n import lazy, moment_text
from network_app.core.permissions import Actor, Permission
from urgent_appeals.queries.response import CallRow, open_calls_for


def _calls(session: Session, actor: Actor, asked: Asked) -> Reply:
    lines = [_line(row) for row in open_calls_for(session, actor.own_organisation())]
    return Reply("calls", {"lines": lines, "link": f"{current().public_url}/calls"})


def _line(row: CallRow) -> dict[str, str]:
    return {
        "ref": row.ref,
        "asked": "; ".join(row.asked),
        "due": moment_text(row.call.due_at),
        "answer": str(row.call.answer.label) if row.call.answer else "",
    }


CALLS = Command(
    words={"en": "calls", "bn": "আহ্বানগুলো"},
    summary=lazy("List the calls that wait for your organisation."),
    args=(),
    act=_calls,
    permission=Permission.SEE_NETWORK,
)
