"""`make bench-fanout`: a message to each of 250 rooms, the real bot against a bare HTTP client on the same homeserver.

The bare client keeps eight requests under way and knows nothing: no database, no gate, no templates. The bot's time
runs from the commit that plans the messages to the commit that says the last one was sent. Rounds alternate, so that a
busy moment of the machine meets both; the medians are compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import quote

import aiohttp
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bots.content import text_message
from bots.registry import Room, RoomState
from network_app.core import clock, crypto
from network_app.core.db import Base, engine_for, session_factory, transaction
from network_app.core.outbox import Outgoing, State, enqueue_chat
from network_app.demo.homeserver import Account, Homeserver
from network_app.migrations import schema
from tests.conftest import environment
from tests.fakes.chat_world import BOT_PASSWORD, RUN

ROOMS = int(os.environ.get("BENCH_ROOMS", "250"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
UNDER_WAY = 8
LIMIT = 1.25
MEMORY_LIMIT_MB = 130
TEXT = "Your organisation is asked to act. More: https://network.example/calls"
# What the bot makes of it: both send the same.
SAME = text_message(f"UA-7K3F: noted. {TEXT}", f"<p>UA-7K3F: noted. {TEXT}</p>", uuid.UUID(int=0))


async def bare(server: Homeserver, bot: Account, rooms: list[str]) -> float:
    """Send one message to each room, eight at a time; returns the seconds it took."""
    queue = list(rooms)
    headers = {"Authorization": f"Bearer {bot.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as http:

        async def work() -> None:
            while queue:
                path = f"/_matrix/client/v3/rooms/{quote(queue.pop())}/send/m.room.message/{uuid.uuid4()}"
                async with http.put(server.url + path, json=SAME) as answer:
                    answer.raise_for_status()
                    await answer.json()

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(UNDER_WAY)))
        return time.perf_counter() - started


async def make_rooms(server: Homeserver, bot: Account) -> list[str]:
    """Make the rooms, four at a time."""
    headers = {"Authorization": f"Bearer {bot.access_token}"}
    made: list[str] = []
    async with aiohttp.ClientSession(headers=headers) as http:

        async def work() -> None:
            while len(made) < ROOMS:
                async with http.post(f"{server.url}/_matrix/client/v3/createRoom", json={}) as answer:
                    answer.raise_for_status()
                    made.append((await answer.json())["room_id"])

        await asyncio.gather(*(work() for _ in range(4)))
    return made[:ROOMS]


class BotUnderTest:
    """The real process on a database of its own."""

    def __init__(self, engine: Engine, environ: dict[str, str], log: Path, homeserver_pid: int) -> None:
        self.factory = session_factory(engine)
        self.environ, self.log = environ, log
        self.memory: list[float] = []
        self.homeserver_pid = homeserver_pid
        self.cpu = 0.0
        self.homeserver_cpu = 0.0

    def fan_out(self, number: int) -> float:
        """Start the bot, plan a message for every room, wait for the last; returns the seconds."""
        with self.log.open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", RUN], env=self.environ, stdout=log, stderr=log)
        try:
            self._wait_until_it_works(number)
            with transaction(self.factory) as session:
                plan(session, f"round{number}")
            used = cpu_seconds(process.pid), cpu_seconds(self.homeserver_pid)
            started = time.perf_counter()
            self._wait_for_all()
            seconds = time.perf_counter() - started
            self.cpu = cpu_seconds(process.pid) - used[0]
            self.homeserver_cpu = cpu_seconds(self.homeserver_pid) - used[1]
            self.memory.append(resident_mb(process.pid))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        return seconds

    def _wait_until_it_works(self, number: int) -> None:
        with transaction(self.factory) as session:
            plan(session, f"warm{number}", only_first=True)
        self._wait_for_all()
        time.sleep(1)

    def _wait_for_all(self) -> None:
        left = select(func.count()).select_from(Outgoing).where(Outgoing.state != State.SENT)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self.factory() as session:
                if not session.scalar(left):
                    return
            time.sleep(0.02)
        with self.factory() as session:
            stuck = session.execute(select(Outgoing.state, Outgoing.error, func.count()).group_by(Outgoing.state))
            raise TimeoutError(f"{stuck.all()}\n{self.log.read_text()[-9000:]}")


def plan(session: Session, key: str, *, only_first: bool = False) -> None:
    """Plan one message for each room, as a fan-out does."""
    names = session.scalars(select(Room.name).order_by(Room.name)).all()
    for name in names[:1] if only_first else names:
        enqueue_chat(
            session,
            key=f"{key}:{name}",
            room=name,
            language="en",
            template="call_noted",
            values={"ref": "UA-7K3F", "answer": TEXT},
        )


def resident_mb(pid: int) -> float:
    """The process's resident memory."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """The processor time that a process has used."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def open_database(folder: Path, rooms: list[str]) -> tuple[Engine, str]:
    """An empty installation whose register knows the rooms."""
    url = f"sqlite:///{folder / 'network.db'}"
    engine = engine_for(url)
    schema.metadata()
    Base.metadata.create_all(engine)
    with transaction(session_factory(engine)) as session:
        for room_id in rooms:
            name = f"case:{uuid.uuid4()}"
            session.add(Room(name=name, room_id=room_id, state=RoomState.READY, since=clock.now(session), spaces=[]))
    return engine, url


def run(folder: Path) -> list[dict[str, object]]:
    """Measure; returns the lines of the benchmark."""
    with Homeserver(folder / "homeserver") as server:
        assert server.process is not None
        server_pid = server.process.pid
        bot = server.register("bot", BOT_PASSWORD)
        rooms = asyncio.run(make_rooms(server, bot))
        engine, url = open_database(folder, rooms)
        own = environment(url, folder / "data")
        crypto.use_keys((own["FIELD_KEYS"],))
        environ = {**os.environ, **own, "MATRIX_HOMESERVER": server.url, "MATRIX_USER": bot.user_id}
        tested = BotUnderTest(engine, environ | {"MATRIX_PASSWORD": BOT_PASSWORD}, folder / "bot.log", server_pid)
        ours, theirs = [], []
        asyncio.run(bare(server, bot, rooms))
        for number in range(ROUNDS):
            at_first = cpu_seconds(server_pid)
            theirs.append(asyncio.run(bare(server, bot, rooms)))
            between = cpu_seconds(server_pid)
            ours.append(tested.fan_out(number))
            print(
                f"round {number}: bare {theirs[-1]:.2f} s, bot {ours[-1]:.2f} s; processor time of the homeserver"
                f" {between - at_first:.2f} and {tested.homeserver_cpu:.2f} s, of the bot {tested.cpu:.2f} s",
                flush=True,
            )
        engine.dispose()
    figure, baseline = statistics.median(ours), statistics.median(theirs)
    return [
        {
            "name": f"fanout to {ROOMS} rooms", "figure": round(figure, 3), "unit": "s", "limit": LIMIT,
            "better": "lower", "baseline": round(baseline, 3), "ratio": round(figure / baseline, 3),
        },
        {
            "name": f"memory of the bot in {ROOMS} rooms", "figure": round(max(tested.memory), 1), "unit": "MB",
            "limit": MEMORY_LIMIT_MB, "better": "lower", "baseline": None, "ratio": None,
        },
    ]  # fmt: skip


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-fanout-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
