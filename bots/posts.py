"""What a message of the outbox looks like as an event in a room."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from bots.content import MESSAGE, POLL_START, poll_start, text_message
from network_app.core.outbox import Outgoing
from network_app.core.rendering import markdown_to_html, markdown_to_text, render

POLL = "poll"


@dataclass(frozen=True)
class Post:
    """One event, ready to send."""

    kind: str
    content: dict[str, Any]


def build_post(row: Outgoing) -> Post:
    """The event that a message of the outbox stands for."""
    if row.template == POLL:
        return Post(POLL_START, _poll(row))
    plain, html = _texts(row.template, row.language, json.dumps(row.values, sort_keys=True))
    content = text_message(plain, html, row.id)
    if isinstance(answered := row.values.get("reply_to"), str):
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": answered}}
    return Post(MESSAGE, content)


def _poll(row: Outgoing) -> dict[str, Any]:
    options = [(str(option["id"]), str(option["text"])) for option in row.values["options"]]
    return poll_start(f"{row.values['ref']}: {row.values['title']}", options, row.id)


# A fan-out says the same to many rooms: it is put together once.
@functools.lru_cache(maxsize=64)
def _texts(template: str, language: str, values: str) -> tuple[str, str]:
    written = render(f"bot/{template}.md", language, **json.loads(values))
    return markdown_to_text(written), markdown_to_html(written)
