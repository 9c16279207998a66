"""The supervisor with real processes: it keeps them running, and whatever kills it kills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from network_app.demo.probe import answers, free_port
from network_app.demo.supervise import Child, NotReady, Supervisor
from tests.waiting import eventually

Supervise = Callable[..., subprocess.Popen[bytes]]

PYTHON = sys.executable
SLEEPER = [PYTHON, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    PYTHON,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(600)",
]
WEB = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"here"]
"""
# What a person starts: it supervises the children named in its argument and writes their numbers down.
SUPERVISOR = """
import json, os, sys
from pathlib import Path
from network_app.demo.supervise import Child, Supervisor
folder, children = Path(sys.argv[1]), json.loads(sys.argv[2])
with Supervisor(folder / "logs", with_parent=True, patience=2) as supervisor:
    for name, argv in children.items():
        supervisor.start(Child(name, argv, os.environ))
    (folder / "pids.new").write_text(json.dumps(supervisor.pids()))
    (folder / "pids.new").rename(folder / "pids.json")
    supervisor.run()
"""
# What `make` is to the supervisor: a program that starts it and waits.
PARENT = "import subprocess, sys; subprocess.run(sys.argv[1:])"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with Supervisor(tmp_path / "logs", tell=print) as made:
        yield made
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Starts a supervisor of the given children, below another program if one is given; leaves nothing of its own."""
    started: list[psutil.Process] = []

    def start(children: dict[str, list[str]], below: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([*below, PYTHON, "-c", SUPERVISOR, str(tmp_path), json.dumps(children)])
        eventually((tmp_path / "pids.json").exists, "the supervisor did not start its children")
        started.extend([psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)])
        return process

    yield start
    for left_over in _alive(started):
        left_over.kill()


def _children(folder: Path) -> list[psutil.Process]:
    return [psutil.Process(pid) for pid in json.loads((folder / "pids.json").read_text()).values()]


def _alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def _gunicorn(folder: Path) -> tuple[list[str], str]:
    (folder / "tiny_site.py").write_text(WEB)
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2", "--chdir", str(folder)]
    return [PYTHON, "-m", "gunicorn", *options, "tiny_site:app"], f"http://127.0.0.1:{port}/"


def test_a_killed_supervisor_leaves_no_child_and_no_web_worker(tmp_path: Path, supervise: Supervise) -> None:
    argv, url = _gunicorn(tmp_path)
    supervisor = supervise({"sleeper": SLEEPER, "web": argv})
    eventually(lambda: answers(url), "the web server does not answer")
    children = _children(tmp_path)
    master = children[1]
    eventually(lambda: len(master.children()) == 2, "the web server did not start its workers")
    family = [*children, *master.children()]
    supervisor.kill()
    supervisor.wait()
    eventually(lambda: not _alive(family), "somebody outlived the killed supervisor", seconds=10)
    assert not answers(url)


def test_a_killed_make_leaves_nobody(tmp_path: Path, supervise: Supervise) -> None:
    make = supervise({"sleeper": SLEEPER}, below=[PYTHON, "-c", PARENT])
    family = [*_children(tmp_path), *psutil.Process(make.pid).children()]
    assert len(family) == 2
    make.kill()
    make.wait()
    eventually(lambda: not _alive(family), "somebody outlived the killed make", seconds=10)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_even_the_stubborn(tmp_path: Path, supervise: Supervise, asked: signal.Signals) -> None:
    supervisor = supervise({"stubborn": STUBBORN, "sleeper": SLEEPER})
    eventually(lambda: (tmp_path / "logs" / "stubborn.log").read_text(), "the stubborn child did not start")
    children = _children(tmp_path)
    os.kill(supervisor.pid, asked)
    assert supervisor.wait(30) == 0
    assert _alive(children) == []


def test_what_the_others_need_is_stopped_last(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "order"
    leave = (
        "import signal, sys, time\n"
        "def leave(*_):\n    time.sleep(0.3); open({note!r}, 'a').write('{name} '); sys.exit()\n"
        "signal.signal(15, leave); print('on', flush=True); time.sleep(600)"
    )
    for name, last in (("server", True), ("one", False), ("two", False)):
        argv = [PYTHON, "-c", leave.format(note=str(note), name=name)]
        supervisor.start(Child(name, argv, os.environ, last=last))
    logs = [tmp_path / "logs" / f"{name}.log" for name in ("server", "one", "two")]
    eventually(lambda: all("on" in log.read_text() for log in logs), "they did not start")
    supervisor.stop()
    assert sorted(note.read_text().split()[:2]) == ["one", "two"]
    assert note.read_text().split()[2] == "server"


def test_a_child_that_dies_is_started_again(tmp_path: Path, supervise: Supervise) -> None:
    supervisor = supervise({"sleeper": SLEEPER})
    first = _children(tmp_path)[0]
    first.kill()
    family = psutil.Process(supervisor.pid)
    eventually(
        lambda: [one.pid for one in _alive(family.children())] not in ([], [first.pid]), "nobody was started again"
    )
    supervisor.terminate()
    assert supervisor.wait(20) == 0


def test_a_child_that_always_dies_is_tried_more_and_more_slowly(tmp_path: Path, supervise: Supervise) -> None:
    crash = [PYTHON, "-c", "print('tried', flush=True); raise SystemExit(3)"]
    supervisor = supervise({"crash": crash})
    log = tmp_path / "logs" / "crash.log"
    first = time.monotonic()
    eventually(lambda: log.read_text().count("tried") == 4, "it was not tried again")
    assert time.monotonic() - first > 0.5 + 1 + 2 - 0.5
    supervisor.terminate()
    supervisor.wait(20)


def test_a_child_that_ends_before_it_is_ready_shows_its_own_words(supervisor: Supervisor) -> None:
    refuse = [PYTHON, "-c", "raise SystemExit('SECRET_KEY: missing')"]
    with pytest.raises(NotReady, match="ended at once:\nSECRET_KEY: missing"):
        supervisor.start(Child("web", refuse, os.environ, ready_url=f"http://127.0.0.1:{free_port()}/"))


def test_a_child_that_never_answers_is_named(supervisor: Supervisor) -> None:
    with pytest.raises(NotReady, match="web does not answer"):
        supervisor.start(Child("web", SLEEPER, os.environ, ready_url=f"http://127.0.0.1:{free_port()}/"), seconds=0.5)


def test_a_ready_child_is_returned_to_at_once(supervisor: Supervisor, tmp_path: Path) -> None:
    argv, url = _gunicorn(tmp_path)
    supervisor.start(Child("web", argv, os.environ, ready_url=url))
    assert answers(url)
    supervisor.stop()
    assert not answers(url)
