"""Child processes that cannot outlive their parent, so that a killed demo leaves nothing running behind.

Linux sends the signal itself, even after kill -9. Elsewhere children are only stopped on an orderly end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child must not import or open libraries.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Process = subprocess.Popen[bytes]


def spawn(argv: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path | None = None) -> Process:
    """Start a program that dies with this process; what it prints is appended to `log`.

    Call it from the main thread: Linux ends the child when the thread that started it ends. The child leads a
    session of its own, so Ctrl-C in the terminal reaches only the parent, which stops its children in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_held_by(os.getpid()),
        )


def follow_parent() -> None:
    """End this process in an orderly way (SIGTERM) when its parent is killed."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(process: Process, *, seconds: float = 10) -> None:
    """Ask a program to stop, wait, then kill it and everything it started."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_group(process)
        process.wait()


def kill_group(process: Process) -> None:
    """Kill a program started with `spawn`, and all of its own children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _held_by(parent: int) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    libc = _LIBC

    def hold() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before the line above took hold.
        if os.getppid() != parent:
            os._exit(1)

    return hold
