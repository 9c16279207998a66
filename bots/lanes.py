"""Who goes next: the most urgent message first, and within one room never two at a time or out of order. Pure."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Generic, TypeVar

M = TypeVar("M")


@dataclass
class _Lane(Generic[M]):
    queue: list[tuple[int, int, M]] = field(default_factory=list)
    busy: bool = False


class Lanes(Generic[M]):
    """Messages taken from the outbox and not yet on their way, one lane for each room."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane[M]] = {}
        self._arrivals = itertools.count()

    def __len__(self) -> int:
        return sum(len(lane.queue) for lane in self._lanes.values())

    def put(self, room: str, priority: int, message: M) -> None:
        """Line a message up in its room's lane: behind those as urgent as itself, before the less urgent."""
        lane = self._lanes.setdefault(room, _Lane())
        heapq.heappush(lane.queue, (priority, next(self._arrivals), message))

    def take(self) -> M | None:
        """The message that goes next; its lane is shut until `done`. None if nothing may go now."""
        heads = [lane for lane in self._lanes.values() if lane.queue and not lane.busy]
        if not heads:
            return None
        lane = min(heads, key=lambda one: one.queue[0][:2])
        lane.busy = True
        return heapq.heappop(lane.queue)[2]

    def done(self, room: str) -> None:
        """The message on its way to this room arrived or was given up: the next one may go."""
        lane = self._lanes[room]
        lane.busy = False
        if not lane.queue:
            del self._lanes[room]

    def empty(self, room: str) -> list[M]:
        """Take back what still waits for this room, in order."""
        lane = self._lanes.get(room)
        if lane is None:
            return []
        messages = [message for _, _, message in sorted(lane.queue, key=lambda one: one[:2])]
        lane.queue.clear()
        return messages

    def empty_all(self) -> list[M]:
        """Take back what still waits for any room."""
        messages = [message for room in self._lanes for message in self.empty(room)]
        self._lanes = {room: lane for room, lane in self._lanes.items() if lane.busy}
        return messages
