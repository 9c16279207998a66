"""`!help`: what the bot can be asked, made from the table of commands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Reply
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, may


def _help(session: Session, actor: Actor, asked: Asked) -> Reply:
    lines = [
        {"usage": command.usage(asked.language), "summary": str(command.summary)}
        for command in asked.commands
        if command.permission is None or may(actor, command.permission)
    ]
    return Reply("help", {"lines": lines})


HELP = Command(
    words={"en": "help", "bn": "সাহায্য"},
    summary=lazy("Show what you can ask me."),
    args=(),
    act=_help,
)
