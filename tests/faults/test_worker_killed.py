"""A worker that is killed without warning loses no message and repeats no letter; two workers share the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import outbox
from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.core.outbox import Outgoing, State
from network_app.demo.probe import free_port
from network_app.letters.models import Letter
from network_app.letters.rules.states import LetterState
from tests.conftest import MovableClock, SmtpSink, environment
from tests.factories.letters import make_frozen, make_writers
from tests.waiting import eventually

# The worker as `network-app worker` runs it; the tables of a test have no revision to check.
WORKER = """
from network_app import worker
from network_app.core import process
from network_app.core.db import engine_for, session_factory
settings = process.begin()
worker.run(settings, session_factory(engine_for(settings.database_url)))
"""
Start = Callable[[], subprocess.Popen[bytes]]


class Killing(SmtpSink):
    """A mail server that kills the worker after it has the message and before it says so: the worst moment."""

    victim: subprocess.Popen[bytes] | None = None
    at: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None and len(self.messages) >= self.at:
            self.victim.send_signal(signal.SIGKILL)
            self.victim = None
        return answer


@pytest.fixture
def sink() -> Iterator[Killing]:
    made = Killing(free_port())
    server = Controller(made, hostname="127.0.0.1", port=made.port)
    server.start()
    yield made
    server.stop()


@pytest.fixture
def start(settings: Settings, sink: Killing, tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []
    own = environment(settings.database_url, settings.data_dir) | {"SMTP_URL": sink.url}

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            running.append(
                subprocess.Popen([sys.executable, "-c", WORKER], env={**os.environ, **own}, stderr=log, stdout=log)
            )
        return running[-1]

    yield begin
    for process in running:
        process.terminate()
        process.wait(30)


def plan_alerts(factory: sessionmaker[Session], count: int) -> set[str]:
    with transaction(factory) as session:
        for number in range(count):
            outbox.enqueue_mail(
                session,
                key=f"alert:{number}",
                to="office@union.test",
                language="en",
                template="chat_linked",
                values={"ref": "UA-1", "matrix_id": "@sokha:union.test", "link": "http://127.0.0.1:8000/me"},
            )
    return {f"<{outbox.message_id(f'alert:{number}')}@network.test>" for number in range(count)}


def count(factory: sessionmaker[Session], *states: State) -> int:
    with factory() as session:
        chosen = select(func.count()).where(Outgoing.channel == outbox.Channel.MAIL, Outgoing.state.in_(states))
        return session.scalar(chosen) or 0


def test_a_worker_killed_while_sending_loses_nothing_and_repeats_only_what_was_in_its_hand(
    factory: sessionmaker[Session], sink: Killing, start: Start, clock: MovableClock
) -> None:
    wanted = plan_alerts(factory, 30)
    sink.at = 7
    sink.victim = victim = start()
    assert victim.wait(60) == -signal.SIGKILL
    assert count(factory, State.SENDING) > 0
    # The lease of the dead worker runs out.
    clock.move(timedelta(minutes=6))
    start()
    eventually(lambda: count(factory, State.SENT) == 30, "not everything was sent", seconds=60)
    arrived = Counter(str(message["Message-ID"]) for message in sink.messages)
    assert set(arrived) == wanted
    assert sum(arrived.values()) - len(wanted) <= 1, "only the message in the worker's hand may come twice"


def test_a_letter_in_the_hand_of_a_killed_worker_is_never_sent_again(
    factory: sessionmaker[Session], sink: Killing, start: Start, clock: MovableClock
) -> None:
    with transaction(factory) as session:
        letter = make_frozen(session, make_writers(session))
    key = f"letter:{letter.id}:mail"
    with transaction(factory) as session:
        # Only the letter matters here, not the notices around it.
        for row in session.scalars(select(Outgoing).where(Outgoing.key != key)):
            session.delete(row)
    clock.move(timedelta(minutes=11))
    sink.at = 1
    sink.victim = victim = start()
    assert victim.wait(60) == -signal.SIGKILL
    assert len(sink.messages) == 1
    clock.move(timedelta(minutes=6))
    start()

    def state() -> LetterState:
        with factory() as session:
            return session.get_one(Letter, letter.id).state

    eventually(lambda: state() is LetterState.UNCERTAIN, "nobody was told of the doubt", seconds=60)
    clock.move(timedelta(days=1))
    eventually(lambda: count(factory, State.PLANNED, State.SENDING) == 0, "notices wait", seconds=60)
    letters = [message for message in sink.messages if str(message["Reply-To"] or "").startswith("letter+")]
    assert len(letters) == 1


def test_two_workers_send_each_message_once_and_end_when_told(
    factory: sessionmaker[Session], sink: Killing, start: Start, clock: MovableClock
) -> None:
    wanted = plan_alerts(factory, 40)
    workers = [start(), start()]
    eventually(lambda: count(factory, State.SENT) == 40, "not everything was sent", seconds=60)
    assert Counter(str(message["Message-ID"]) for message in sink.messages) == Counter(wanted)
    for worker in workers:
        worker.terminate()
    assert [worker.wait(30) for worker in workers] == [0, 0]
