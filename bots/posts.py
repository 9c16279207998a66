"""A row of the outbox as it is posted: is its gate still open, where does it go, what does it say. Asked just before it
is sent, because a consent may have been taken back since it was planned."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bots.content import MESSAGE, POLL_START, poll_start, text_message
from bots.registry import RoomState, find_room
from network_app.core.outbox import Outgoing
from network_app.core.rendering import markdown_to_html, markdown_to_text, render
from network_app.gates import open_gate

POLL = "poll"


@dataclass(frozen=True)
class Post:
    """One event, ready to send."""

    room_id: str
    kind: str
    content: dict[str, Any]


class NotNow(Exception):
    """The row is not posted now."""


class Held(NotNow):
    """Something that must hold at the moment of sending does not hold; the message says what."""


class Unplaced(NotNow):
    """The room does not exist yet."""


class Gone(NotNow):
    """The bot is no longer in this room."""


def build_post(session: Session, row: Outgoing) -> Post:
    """The event that a row stands for. Raises Held, Unplaced or Gone."""
    # Safety: the last look before it leaves. What the workers took back since it was planned stays here.
    shut = open_gate(session, row.gate) if row.gate else None
    if shut is not None:
        raise Held(str(shut))
    room = find_room(session, row.recipient)
    if room is not None and room.state is RoomState.DEAD:
        raise Gone(room.error or "the room is gone")
    if room is None or room.state is not RoomState.READY or room.room_id is None:
        raise Unplaced()
    if row.template == POLL:
        return Post(room.room_id, POLL_START, _poll(row))
    plain, html = _texts(row.template, row.language, json.dumps(row.values, sort_keys=True))
    content = text_message(plain, html, row.id)
    if isinstance(answered := row.values.get("reply_to"), str):
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": answered}}
    return Post(room.room_id, MESSAGE, content)


def _poll(row: Outgoing) -> dict[str, Any]:
    options = [(str(option["id"]), str(option["text"])) for option in row.values["options"]]
    return poll_start(f"{row.values['ref']}: {row.values['title']}", options, row.id)


# A fan-out says the same to many rooms: it is put together once.
@functools.lru_cache(maxsize=64)
def _texts(template: str, language: str, values: str) -> tuple[str, str]:
    written = render(f"bot/{template}.md", language, **json.loads(values))
    return markdown_to_text(written), markdown_to_html(written)
