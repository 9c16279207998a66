"""A real homeserver, a real bot process and members who use plain HTTP, so that the bot's library is not tested with
itself."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session, sessionmaker

from bots.registry import Room, RoomState
from members.models import ChatIdentity, Organisation, Person
from network_app.core import clock
from network_app.core.config import Settings
from network_app.core.db import new_id, transaction
from network_app.core.permissions import Duty
from network_app.demo.homeserver import Account, Homeserver, HomeserverError
from tests.conftest import environment
from tests.factories.members import make_organisation, make_person
from tests.waiting import eventually

BOT_PASSWORD = "the bots own password"
RUN = (
    "from network_app.core import process; from network_app.core.db import *; from bots.main import run;"
    " s = process.begin(); run(s, session_factory(engine_for(s.database_url)))"
)
_names = itertools.count(1)


def fresh_name(kind: str) -> str:
    """A user name that no other test uses; the homeserver is shared."""
    return f"{kind}{next(_names)}-{uuid.uuid4().hex[:6]}"


@dataclass
class Member:
    """A linked person as their own Matrix client sees the world."""

    homeserver: Homeserver
    account: Account
    person_id: uuid.UUID
    transactions: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def user_id(self) -> str:
        return self.account.user_id

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One request to the homeserver as this user."""
        return self.homeserver.request(method, f"/_matrix/client/v3{path}", body=body, token=self.account.access_token)

    def join(self, room_id: str) -> None:
        """Accept the bot's invitation, once it is there."""
        eventually(lambda: self._joined(room_id), f"{self.user_id} was not invited", seconds=60)

    def _joined(self, room_id: str) -> bool:
        try:
            self.call("POST", f"/join/{quote(room_id)}", {})
        except HomeserverError:
            return False
        return True

    def invite_to_direct_chat(self, other: str) -> str:
        """Open a direct chat and wait until the other one is in it; returns its id."""
        made = self.call(
            "POST", "/createRoom", {"invite": [other], "is_direct": True, "preset": "trusted_private_chat"}
        )
        room = str(made["room_id"])
        inside = f"/rooms/{quote(room)}/joined_members"
        eventually(lambda: other in self.call("GET", inside)["joined"], f"{other} did not come", seconds=60)
        return room

    def send(self, room_id: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """Post an event; returns its id."""
        path = f"/rooms/{quote(room_id)}/send/{kind}/t{next(self.transactions)}"
        return str(self.call("PUT", path, content)["event_id"])

    def say(self, room_id: str, text: str) -> str:
        """Write a text message."""
        return self.send(room_id, {"msgtype": "m.text", "body": text})

    def answer_poll(self, room_id: str, poll: str, answer: str, *, stable: bool = False) -> str:
        """Answer a native poll in one of the two dialects."""
        relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}}
        if stable:
            return self.send(room_id, relation | {"m.selections": [answer]}, "m.poll.response")
        dialect = "org.matrix.msc3381.poll.response"
        return self.send(room_id, relation | {dialect: {"answers": [answer]}}, dialect)

    def redact(self, room_id: str, event_id: str) -> None:
        """Remove an event."""
        self.call("PUT", f"/rooms/{quote(room_id)}/redact/{event_id}/t{next(self.transactions)}", {})

    def events(self, room_id: str) -> list[dict[str, Any]]:
        """All that happened in the room, oldest first."""
        found: list[dict[str, Any]] = []
        start = ""
        while True:
            page = self.call("GET", f"/rooms/{quote(room_id)}/messages?dir=b&limit=100{start}")
            found += page["chunk"]
            if not page.get("end") or not page["chunk"]:
                return found[::-1]
            start = f"&from={page['end']}"

    def posts(self, room_id: str, sender: str) -> list[dict[str, Any]]:
        """The messages and polls of one sender, oldest first."""
        kinds = ("m.room.message", "org.matrix.msc3381.poll.start")
        return [one for one in self.events(room_id) if one["sender"] == sender and one["type"] in kinds]

    def reply_to(self, room_id: str, event_id: str, *, seconds: float = 60) -> str:
        """Wait for the bot's answer to an event; returns its text."""
        found: list[str] = []

        def answered() -> bool:
            for one in self.events(room_id):
                relation = one["content"].get("m.relates_to", {}).get("m.in_reply_to", {})
                if relation.get("event_id") == event_id:
                    found.append(one["content"]["body"])
            return bool(found)

        eventually(answered, "the bot did not answer", seconds=seconds)
        return found[0]


class ChatWorld:
    """One installation with its bot on the shared homeserver."""

    def __init__(
        self, homeserver: Homeserver, settings: Settings, factory: sessionmaker[Session], folder: Path
    ) -> None:
        self.homeserver, self.settings, self.factory, self.folder = homeserver, settings, factory, folder
        name = fresh_name("bot")
        self.bot = homeserver.register(name, BOT_PASSWORD)
        self.url = homeserver.url
        self.processes: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        """What the bot's process is told."""
        own = environment(self.settings.database_url, self.settings.data_dir)
        matrix = {"MATRIX_HOMESERVER": self.url, "MATRIX_USER": self.bot.user_id, "MATRIX_PASSWORD": BOT_PASSWORD}
        return {**os.environ, **own, **matrix}

    def start_bot(self) -> subprocess.Popen[bytes]:
        """Start the real process."""
        with (self.folder / "bot.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", RUN], env=self.environment(), stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def stop_bot(self, process: subprocess.Popen[bytes]) -> int:
        """Ask it to stop; returns its exit status."""
        process.send_signal(signal.SIGTERM)
        return process.wait(20)

    def kill_bot(self, process: subprocess.Popen[bytes]) -> None:
        """Kill it without a word."""
        process.kill()
        process.wait(20)

    def close(self) -> None:
        """Leave no process behind."""
        for process in self.processes:
            if process.poll() is None:
                self.kill_bot(process)

    def log(self) -> str:
        """What the bot wrote to its log."""
        path = self.folder / "bot.log"
        return path.read_text() if path.exists() else ""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction on the installation's database."""
        with transaction(self.factory) as session:
            yield session

    def member(self, organisation: Organisation, duties: Iterable[Duty] = (Duty.VOTE, Duty.ACT)) -> Member:
        """A person with mandates for the organisation and a linked Matrix account."""
        account = self.homeserver.register(fresh_name("member"), "a members password")
        with self.transaction() as session:
            person: Person = make_person(session, session.merge(organisation, load=True), duties=duties)
            session.add(
                ChatIdentity(id=new_id(), person_id=person.id, matrix_id=account.user_id, linked_at=clock.now(session))
            )
            return Member(self.homeserver, account, person.id)

    def stranger(self) -> Member:
        """Somebody with a Matrix account whom the network does not know."""
        account = self.homeserver.register(fresh_name("stranger"), "a strangers password")
        return Member(self.homeserver, account, uuid.uuid4())

    def organisation(self, **values: Any) -> Organisation:
        """A member organisation."""
        with self.transaction() as session:
            return make_organisation(session, **values)

    def room(self, name: str, *, seconds: float = 90) -> str:
        """The Matrix id of a room of ours, once it is ready."""
        found: list[str] = []

        def ready() -> bool:
            with self.factory() as session:
                room = session.get(Room, name)
                if room is not None and room.state is RoomState.READY and room.room_id:
                    found.append(room.room_id)
            return bool(found)

        try:
            eventually(ready, f"{name} was not made", seconds=seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.log()[-3000:]}") from None
        return found[0]

    def bare_room(self, name: str) -> str:
        """Make a room with nobody but the bot in it and enter it in the register, without the bot's process."""
        body = json.dumps({})
        made = self.homeserver.request(
            "POST", "/_matrix/client/v3/createRoom", body=json.loads(body), token=self.bot.access_token
        )["room_id"]
        with self.transaction() as session:
            session.add(Room(name=name, room_id=made, state=RoomState.READY, since=clock.now(session), spaces=[]))
        return str(made)

    def events_of(self, room_id: str) -> list[dict[str, Any]]:
        """All events of a room as the bot's account sees them."""
        return Member(self.homeserver, self.bot, uuid.uuid4()).events(room_id)
