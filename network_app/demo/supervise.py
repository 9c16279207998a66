"""Keeps the network's processes running on one machine, and leaves none behind.

Used by `network-app up` and by the demo. A child that dies is started again, more slowly each time; Ctrl-C and SIGTERM
stop all children; if the supervisor itself is killed, the children end with it (see leash.py).
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import urlsplit

from network_app.demo.leash import Process, end, follow_parent, kill_group, spawn
from network_app.demo.probe import answers

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
# A child that ran this long is well again: its next failure starts with the short wait.
WELL_AFTER = 60.0
STEP = 0.1
END_OF_LOG = 1500


class Stopped(Exception):
    """Somebody asked for the end while something was being waited for."""


class NotReady(Exception):
    """A child did not answer in time; the text shows the end of its log."""


@dataclass(frozen=True)
class Child:
    """A program to keep running. `ready_url` answers once it can be used.

    One that the others need (`last`) is stopped when they are gone, so that they can finish what is under way.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready_url: str | None = None
    last: bool = False


@dataclass
class _Running:
    child: Child
    process: Process
    started: float
    failures: int = 0
    again_at: float | None = None


class Supervisor:
    """Starts children and keeps them; at the end of its `with` block none is left.

    Make it in the main thread: signals and leashes belong to that one.
    """

    def __init__(
        self,
        log_dir: Path,
        *,
        with_parent: bool = False,
        patience: float = 15,
        tell: Callable[[str], None] = print,
    ) -> None:
        """`with_parent` ends everything when the program that started this one is killed.

        A child that was asked to stop has `patience` seconds before it is killed.
        """
        self.log_dir = log_dir
        self.patience = patience
        self._tell = tell
        self._children: list[_Running] = []
        self._asked_to_stop = False
        if with_parent:
            follow_parent()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, self._ask_to_stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> bool:
        self.stop()
        return isinstance(problem, Stopped)

    def start(self, child: Child, *, seconds: float = 60) -> None:
        """Start a child and wait until it answers, if it has a `ready_url`. Raises NotReady or Stopped."""
        self._check()
        self._children.append(_Running(child, self._spawn(child), time.monotonic()))
        if child.ready_url is not None:
            self.wait_ready(child.ready_url, name=child.name, seconds=seconds)

    def wait_ready(self, url: str, *, name: str, seconds: float = 60) -> None:
        """Wait until `url` answers without an error. Raises NotReady with the end of the log of `name`, or Stopped."""
        deadline = time.monotonic() + seconds
        while not answers(url):
            self._pause(STEP)
            if self._has_ended(name):
                raise NotReady(f"{name} ended at once:\n{self._end_of_log(name)}")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} does not answer at {urlsplit(url).netloc}:\n{self._end_of_log(name)}")

    def run(self) -> None:
        """Keep the children running until somebody asks for the end. Raises Stopped, which ends the `with` block."""
        while True:
            self._pause(STEP)
            self._revive()

    def stop(self) -> None:
        """Stop all children and whatever they started; those that the others need come last."""
        for needed in (False, True):
            wave = [running.process for running in self._children if running.child.last is needed]
            for process in wave:
                if process.poll() is None:
                    process.terminate()
            deadline = time.monotonic() + self.patience
            for process in wave:
                end(process, seconds=max(0.0, deadline - time.monotonic()))
                kill_group(process)
        self._children.clear()

    def pids(self) -> dict[str, int]:
        """The process numbers of the children, by name."""
        return {running.child.name: running.process.pid for running in self._children}

    def _has_ended(self, name: str) -> bool:
        return any(one.child.name == name and one.process.poll() is not None for one in self._children)

    def _spawn(self, child: Child) -> Process:
        return spawn(child.argv, log=self._log(child.name), env=child.env)

    def _revive(self) -> None:
        now = time.monotonic()
        for running in self._children:
            if running.process.poll() is None:
                continue
            if running.again_at is None:
                self._plan_restart(running, now)
            elif now >= running.again_at:
                running.process, running.started, running.again_at = self._spawn(running.child), now, None

    def _plan_restart(self, running: _Running, now: float) -> None:
        # What the dead one started (the workers of a web server) must not hold its port.
        kill_group(running.process)
        if now - running.started > WELL_AFTER:
            running.failures = 0
        wait = min(FIRST_WAIT * 2**running.failures, LONGEST_WAIT)
        running.failures += 1
        running.again_at = now + wait
        ended = f"{running.child.name} ended with {running.process.returncode}"
        self._tell(f"{ended}; starting it again in {wait:.1f} s. Its log: {self._log(running.child.name)}")

    def _pause(self, seconds: float) -> None:
        self._check()
        time.sleep(seconds)
        self._check()

    def _check(self) -> None:
        if self._asked_to_stop:
            raise Stopped

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def _end_of_log(self, name: str) -> str:
        path = self._log(name)
        return path.read_text(errors="replace")[-END_OF_LOG:] if path.exists() else "(no log)"
