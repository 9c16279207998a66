"""The real web server over the loaded demo network, and a visitor who uses it, for benchmarks."""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import audit
from network_app.core.db import engine_for, read_transaction, session_factory, transaction
from network_app.core.permissions import Actor
from network_app.core.process import begin
from network_app.demo.codes import code_for
from network_app.demo.leash import end, spawn
from network_app.demo.load import load_demo
from network_app.demo.place import Place, open_place
from network_app.demo.probe import answers, free_port
from tests.web.reading import Page
from urgent_appeals.models import Appeal
from urgent_appeals.use_cases.intake import Story, file_appeal
from urgent_appeals.use_cases.talking import add_to_appeal

APPEALS = 60
EVENTS = 50


def prepare(folder: Path) -> tuple[Place, dict[str, str]]:
    """A demo network with enough appeals for a full queue; returns it and its people's passwords."""
    place = open_place(folder, web_port=free_port())
    logins = load_demo(place)
    settings = begin(place.environment)
    engine = engine_for(settings.database_url)
    for number in range(APPEALS):
        with transaction(session_factory(engine)) as session:
            file_appeal(session, Actor.nobody(), client_id=uuid.uuid4().hex, story=_story(number), language="en")
    _tell_more(session_factory(engine))
    engine.dispose()
    return place, logins


def code_of(place: Place, handle: str) -> str:
    """What the app of a demo person shows now."""
    engine = engine_for(begin(place.environment).database_url)
    with read_transaction(session_factory(engine)) as session:
        return code_for(session, handle)


def _tell_more(factory: sessionmaker[Session]) -> None:
    """Let the filer of the newest case tell more and more, until 50 things happened in it."""
    with transaction(factory) as session:
        newest = session.scalars(select(Appeal).order_by(Appeal.received_at.desc())).first()
        assert newest is not None
        for number in range(EVENTS - len(audit.links(session, f"appeal:{newest.id}"))):
            add_to_appeal(session, Actor.filer(newest.id), text=f"Day {number}: still not paid.")


def _story(number: int) -> Story:
    return Story(
        clock="harm",
        country="KH",
        account=f"Wages of month {number} are not paid.",
        wanted="The wages that we earned.",
        basis="union_mandate",
        workplace=f"Workshop {number}",
        workers_count=40 + number,
    )


@contextmanager
def serving(argv: list[str], url: str, *, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """A server that answers at `url` while the block runs; gives its process number."""
    process = spawn(argv, log=log, env={**os.environ, **env})
    try:
        deadline = time.monotonic() + 60
        while not answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()[-2000:])
            time.sleep(0.05)
        yield process.pid
    finally:
        end(process)


@contextmanager
def web(place: Place) -> Iterator[int]:
    """The network's own web server."""
    argv = [sys.executable, "-m", "network_app.cli", "web"]
    log = place.folder / "logs" / "web.log"
    with serving(argv, f"{place.web_url}/healthz", env=place.process_environment(), log=log) as pid:
        yield pid


@dataclass
class Visitor:
    """Somebody with one connection and a cookie."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        """Ask for a page; returns the answer and its body as it came over the wire."""
        return self._ask("GET", path, headers or {})

    def sign_in(self, email: str, password: str, code: str = "") -> None:
        """Sign in through the form."""
        _, body = self.get("/login")
        values = Page(body.decode()).form("/login").values | {"email": email, "password": password, "code": code}
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        answer, _ = self._ask("POST", "/login", form, urlencode(values))
        if answer.status != 303:
            raise RuntimeError(f"cannot sign in: {answer.status}")

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[HTTPResponse, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {**headers, **({"Cookie": cookies} if cookies else {})})
        answer = self.connection.getresponse()
        text = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer, text
