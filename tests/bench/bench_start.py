"""The second start of `make run`, until everything can be used, against the start of its homeserver alone."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from network_app.core.db import engine_for, read_transaction, session_factory
from network_app.core.heartbeat import beats
from network_app.demo.homeserver import Homeserver
from network_app.demo.place import SERVER_NAME, Place, open_place
from network_app.demo.probe import answers, free_port

ROUNDS = 3
LIMIT = 4.0
STEP = 0.05
READY = "Ctrl-C stops it"


def start_homeserver(place: Place) -> float:
    """Seconds until the demo's homeserver, alone, lets clients in."""
    server = Homeserver(place.folder / "homeserver", port=place.chat_port, server_name=SERVER_NAME)
    began = time.monotonic()
    with server:
        return time.monotonic() - began


def start_everything(place: Place) -> float:
    """Seconds until `network-app demo run` has printed its table, and the bot has given a sign of life since."""
    log = place.folder / "bench.log"
    before = last_beat(place)
    began = time.monotonic()
    with log.open("w") as output:
        command = [sys.executable, "-m", "network_app.cli", "demo", "run"]
        environment = os.environ | {"DATA": str(place.folder), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        while not (READY in log.read_text() and answers(f"{place.web_url}/readyz") and last_beat(place) != before):
            if process.poll() is not None or time.monotonic() - began > 600:
                raise RuntimeError(log.read_text()[-1500:])
            time.sleep(STEP)
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def last_beat(place: Place) -> object:
    """The bot's last sign of life; None before the network was loaded."""
    if not place.logins_file.exists():
        return None
    database = place.environment.get("DATABASE_URL") or f"sqlite:///{place.folder / 'network.db'}"
    engine = engine_for(database)
    try:
        with read_transaction(session_factory(engine)) as session:
            life = beats(session).get("bot")
            return None if life is None else life.at
    finally:
        engine.dispose()


def run(folder: Path) -> dict[str, object]:
    """Load the demo once, then measure; returns the line of the benchmark."""
    place = open_place(folder, web_port=free_port())
    start_everything(place)
    alone, all_of_it = [], []
    for _ in range(ROUNDS):
        alone.append(start_homeserver(place))
        all_of_it.append(start_everything(place))
        print(f"homeserver alone {alone[-1]:.2f} s, everything {all_of_it[-1]:.2f} s", flush=True)
    figure, baseline = statistics.median(all_of_it), statistics.median(alone)
    return {
        "name": "second start of make run", "figure": round(figure, 2), "unit": "s", "limit": LIMIT,
        "better": "lower", "baseline": round(baseline, 2), "ratio": round(figure / baseline, 2),
    }  # fmt: skip


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-start-", ignore_cleanup_errors=True) as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
