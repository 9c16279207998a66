"""Build what is posted to a room: text as people read it, and native polls. Pure: no network, no database.

Every post is plain text plus HTML made by our own Markdown; nobody is ever mentioned or woken by a title.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

MESSAGE = "m.room.message"
# Clients in use (Element Web and X) send and read only the unstable poll type and keys.
POLL_START = "org.matrix.msc3381.poll.start"
POLL_KIND = "org.matrix.msc3381.poll.disclosed"
TEXT = "org.matrix.msc1767.text"
# With this a bot that lost its memory of sending finds its own post again.
MARKER = "org.network.outbox"
# A Matrix event holds 65,536 bytes at most, both bodies and the envelope together.
MOST_BYTES = 18_000
EVERYBODY = re.compile(r"@(?=room\b)", re.IGNORECASE)
BREAK = "\u2060"


def text_message(plain: str, html: str, mark: uuid.UUID) -> dict[str, Any]:
    """A post as plain text and as HTML; one that is too long goes as plain text, shortened."""
    content = {"msgtype": "m.text", "body": _shortened(_nobody_woken(plain)), "m.mentions": {}, MARKER: str(mark)}
    if len(html.encode()) <= MOST_BYTES and len(plain.encode()) <= MOST_BYTES:
        content |= {"format": "org.matrix.custom.html", "formatted_body": _nobody_woken(html)}
    return content


def poll_start(question: str, options: list[tuple[str, str]], mark: uuid.UUID) -> dict[str, Any]:
    """A native poll; `options` are (random answer id, text). Stable keys stand beside the unstable ones."""
    asked = _shortened(_nobody_woken(question))
    offered = [(answer_id, _nobody_woken(text)) for answer_id, text in options]
    fallback = "\n".join([asked, *(f"{number}. {text}" for number, (_, text) in enumerate(offered, 1))])
    return {
        POLL_START: {
            "kind": POLL_KIND,
            "max_selections": 1,
            "question": {TEXT: asked, "body": asked, "msgtype": "m.text"},
            "answers": [{"id": answer_id, TEXT: text} for answer_id, text in offered],
        },
        "m.poll": {
            "kind": "m.disclosed",
            "max_selections": 1,
            "question": {"m.text": [{"body": asked}]},
            "answers": [{"m.id": answer_id, "m.text": [{"body": text}]} for answer_id, text in offered],
        },
        TEXT: fallback,
        "body": fallback,
        "msgtype": "m.text",
        "m.mentions": {},
        MARKER: str(mark),
    }


def _nobody_woken(text: str) -> str:
    # Safety: a title that says "@room" would ring every phone in it, in a place where a phone must not ring.
    return EVERYBODY.sub(f"@{BREAK}", text)


def _shortened(text: str) -> str:
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text
    return data[: MOST_BYTES - 4].decode(errors="ignore") + " …"
