"""Read what a homeserver hands over. Nothing in it is believed: every field is checked for its type first.

Only what is addressed to the bot comes out of here. People's talk in their own rooms is never stored or logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeGuard

from bots.command import SIGN

POLL_ANSWERS = ("org.matrix.msc3381.poll.response", "m.poll.response")
MOST_TEXT = 20_000
LONGEST_ID = 255


@dataclass(frozen=True)
class Spoken:
    """A message that begins with the sign of a command."""

    event_id: str
    sender: str
    text: str


@dataclass(frozen=True)
class PollAnswer:
    """An answer to a native poll: the random ids of the answers that were picked."""

    event_id: str
    sender: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class SecondThought:
    """An edit or a removal of an earlier event. It never changes what was done; the sender is told so."""

    event_id: str
    sender: str
    target: str


@dataclass(frozen=True)
class Membership:
    """Somebody came into a room or left it."""

    event_id: str
    sender: str
    person: str
    state: str


Event = Spoken | PollAnswer | SecondThought | Membership


def read_event(raw: object) -> Event | None:
    """What an event means to the bot; None for people's talk and for anything that is not formed as it should be."""
    if not isinstance(raw, dict):
        return None
    event_id, sender, kind, content = (raw.get(key) for key in ("event_id", "sender", "type", "content"))
    if not (_is_id(event_id) and _is_id(sender) and isinstance(kind, str) and isinstance(content, dict)):
        return None
    if kind == "m.room.redaction":
        return _removal(event_id, sender, raw, content)
    if kind == "m.room.member":
        return _membership(event_id, sender, raw, content)
    return _said(event_id, sender, kind, content)


def _said(event_id: str, sender: str, kind: str, content: dict[str, Any]) -> Event | None:
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, dict) else {}
    if relation.get("rel_type") == "m.replace":
        target = relation.get("event_id")
        return SecondThought(event_id, sender, target) if _is_id(target) else None
    if kind in POLL_ANSWERS:
        return PollAnswer(event_id, sender, _answers(content))
    if kind != "m.room.message" or content.get("msgtype") != "m.text":
        return None
    body = content.get("body")
    if not isinstance(body, str):
        return None
    text = _without_quote(body) if "m.in_reply_to" in relation else body
    return Spoken(event_id, sender, text[:MOST_TEXT]) if text.startswith(SIGN) else None


def _answers(content: dict[str, Any]) -> tuple[str, ...]:
    # Both dialects: clients in use send the unstable keys, the specification has m.selections.
    picked = content.get("m.selections")
    if picked is None:
        inner = content.get("org.matrix.msc3381.poll.response")
        picked = inner.get("answers") if isinstance(inner, dict) else None
    if not isinstance(picked, list) or not all(isinstance(answer, str) for answer in picked):
        return ()
    return tuple(picked[:20])


def _without_quote(body: str) -> str:
    lines = body.split("\n")
    quoted = 0
    while quoted < len(lines) and lines[quoted].startswith(">"):
        quoted += 1
    if quoted and quoted < len(lines) and not lines[quoted]:
        quoted += 1
    return "\n".join(lines[quoted:])


def _removal(event_id: str, sender: str, raw: dict[str, Any], content: dict[str, Any]) -> Event | None:
    target = content.get("redacts", raw.get("redacts"))
    return SecondThought(event_id, sender, target) if _is_id(target) else None


def _membership(event_id: str, sender: str, raw: dict[str, Any], content: dict[str, Any]) -> Event | None:
    person, state = raw.get("state_key"), content.get("membership")
    if not _is_id(person) or not isinstance(state, str):
        return None
    return Membership(event_id, sender, person, state[:20])


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def to_keep(event: Event) -> dict[str, Any]:
    """The part of an event that is stored until it is dealt with, in the shape that read_event reads."""
    base: dict[str, Any] = {"event_id": event.event_id, "sender": event.sender}
    match event:
        case Spoken(text=text):
            return base | {"type": "m.room.message", "content": {"msgtype": "m.text", "body": text}}
        case PollAnswer(answers=answers):
            return base | {"type": "m.poll.response", "content": {"m.selections": list(answers)}}
        case SecondThought(target=target):
            return base | {"type": "m.room.redaction", "content": {"redacts": target}}
        case Membership(person=person, state=state):
            return base | {"type": "m.room.member", "state_key": person, "content": {"membership": state}}
