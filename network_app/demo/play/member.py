"""A member's own Matrix client, in plain HTTP: what it sees is what any other client sees."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

Event = dict[str, Any]
POLL_START = "org.matrix.msc3381.poll.start"
POLL_ANSWER = "org.matrix.msc3381.poll.response"
T = TypeVar("T")


class Member:
    """One person signed in on one device."""

    def __init__(self, homeserver: str, handle: str, password: str) -> None:
        self._base = homeserver
        self._token = ""
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": handle},
            "password": password,
        }
        self._token = self._call("POST", "login", login)["access_token"]
        self.handle = handle

    def join_all(self) -> list[str]:
        """Accept every invitation; returns the rooms one is in."""
        sync = self._call("GET", "sync?timeout=0")
        for room in sync.get("rooms", {}).get("invite", {}):
            self._call("POST", f"join/{quote(room)}", {})
        rooms: list[str] = self._call("GET", "joined_rooms")["joined_rooms"]
        return rooms

    def room_named(self, words: str, *, seconds: float = 60) -> str:
        """The room whose name has `words` in it, once it is there. Raises LookupError."""

        def find() -> str | None:
            return next((room for room in self.join_all() if words in self._name(room)), None)

        return wait_for(find, f"a room named {words!r} for {self.handle}", seconds=seconds)

    def _name(self, room: str) -> str:
        try:
            return str(self._call("GET", f"rooms/{quote(room)}/state/m.room.name").get("name", ""))
        except urllib.error.HTTPError:
            return ""

    def events(self, room: str) -> list[Event]:
        """What this client can read in the room, oldest first."""
        answer = self._call("GET", f"rooms/{quote(room)}/messages?dir=b&limit=500")
        return list(reversed(answer["chunk"]))

    def texts(self, room: str) -> list[str]:
        """The bodies of the messages in the room, oldest first."""
        messages = [event for event in self.events(room) if event["type"] == "m.room.message"]
        return [str(event["content"].get("body", "")) for event in messages]

    def say(self, room: str, text: str) -> str:
        """Write into the room; returns the event's id."""
        return self.send(room, "m.room.message", {"msgtype": "m.text", "body": text})

    def send(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Send an event; returns its id."""
        path = f"rooms/{quote(room)}/send/{kind}/{uuid.uuid4().hex}"
        event_id: str = self._call("PUT", path, content)["event_id"]
        return event_id

    def answer_poll(self, room: str, title: str, option: str) -> str:
        """Answer the poll about `title` as Element does; returns the event's id. Raises LookupError."""
        poll = wait_for(lambda: self._poll(room, title), f"a poll about {title!r} in the room of {self.handle}")
        start = poll["content"][POLL_START]
        answers = {_text(answer): answer["id"] for answer in start["answers"]}
        chosen = next((key for text, key in answers.items() if option.lower() in text.lower()), None)
        if chosen is None:
            raise LookupError(f"no answer {option!r} in {sorted(answers)}")
        relation = {"rel_type": "m.reference", "event_id": poll["event_id"]}
        return self.send(room, POLL_ANSWER, {"m.relates_to": relation, POLL_ANSWER: {"answers": [chosen]}})

    def _poll(self, room: str, title: str) -> Event | None:
        polls = [event for event in self.events(room) if event["type"] == POLL_START]
        return next((event for event in polls if title in json.dumps(event["content"], ensure_ascii=False)), None)

    def hears(self, room: str, words: str, *, seconds: float = 150) -> str:
        """Wait for a message with `words` in it and return it. Raises LookupError with what was heard instead."""

        def find() -> str | None:
            return next((text for text in self.texts(room) if words in text), None)

        return wait_for(find, f"{words!r} in the room of {self.handle}", seconds=seconds)

    def hears_reply(self, room: str, event_id: str, *, seconds: float = 150) -> str:
        """Wait for the reply to what one sent, in whatever language it comes. Raises LookupError."""

        def find() -> str | None:
            for event in self.events(room):
                relation = event["content"].get("m.relates_to") or {}
                if (relation.get("m.in_reply_to") or {}).get("event_id") == event_id:
                    return str(event["content"].get("body", ""))
            return None

        return wait_for(find, f"a reply to {self.handle}", seconds=seconds)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(f"{self._base}/_matrix/client/v3/{path}", method=method)  # noqa: S310  # loopback
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=60) as answer:  # noqa: S310  # loopback
            parsed: dict[str, Any] = json.loads(answer.read())
            return parsed


def _text(answer: dict[str, Any]) -> str:
    return str(answer.get("org.matrix.msc1767.text") or answer.get("m.text") or "")


def wait_for(look: Callable[[], T | None], words: str, *, seconds: float = 60) -> T:
    """Look again until there is something. Raises LookupError saying what was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise LookupError(f"waited {seconds:.0f} s for {words}")
