"""Wait longer after each failure, and never all at the same moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable


class Backoff:
    """How many seconds to wait after the n-th failure in a row: 0.5, 1, 2 ... up to `longest`, spread by a half."""

    def __init__(self, first: float = 0.5, longest: float = 30.0, spread: Callable[[], float] = random.random) -> None:
        self.first, self.longest, self.spread = first, longest, spread
        self.failures = 0

    def wait(self) -> float:
        """Count one more failure and say how long to wait."""
        seconds = min(self.longest, self.first * 2.0 ** min(self.failures, 16))
        self.failures += 1
        return seconds * (0.5 + self.spread() / 2)

    def worked(self) -> None:
        """It worked: the next failure is a first one."""
        self.failures = 0


async def woken_or_after(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, which clears it, or for so many seconds."""
    # Not asyncio.wait_for: where the event is set at the very moment of a cancellation, it forgets the cancellation.
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
