"""Waiting for a condition with a deadline, because other processes take their own time."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], otherwise: str, *, seconds: float = 20) -> None:
    """Return as soon as `condition` holds; fail with `otherwise` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
