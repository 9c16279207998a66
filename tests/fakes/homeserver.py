"""A homeserver inside the test: it takes what the pump sends, and can be unkind in every way a real one can."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from bots.client import ChatError, Client, ServerDown


class FakeHomeserver(Client):
    """Stands in for the client. `trouble` is raised by the next sends; `lost` take the post and lose the answer."""

    def __init__(self) -> None:
        self.user, self.device = "@bot:x", "TEST"
        self.rooms: dict[str, list[dict[str, Any]]] = {}
        self.order: list[str] = []
        self.transactions: dict[str, str] = {}
        self.trouble: list[Exception] = []
        self.refused: dict[str, ChatError] = {}
        self.lost = 0
        self.tried: Counter[str] = Counter()
        self.under_way = self.most_under_way = 0

    async def send(self, room_id: str, kind: str, content: dict[str, Any], transaction: str) -> str:
        """Take a post, as the fake's mood is."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0.002)
            self.tried[room_id] += 1
            if self.trouble:
                raise self.trouble.pop(0)
            if room_id in self.refused:
                raise self.refused[room_id]
            event_id = self.transactions.get(transaction)
            if event_id is None:
                event_id = self.transactions[transaction] = f"$e{len(self.transactions)}"
                self.rooms.setdefault(room_id, []).append({"event_id": event_id, "type": kind, "content": content})
                self.order.append(content.get("body", ""))
            if self.lost:
                self.lost -= 1
                raise ServerDown("the answer was lost")
            return event_id
        finally:
            self.under_way -= 1

    async def earlier(self, room_id: str, token: str, *, own: bool = False) -> tuple[list[dict[str, Any]], str | None]:
        """One page with everything in it, newest first."""
        return self.rooms.get(room_id, [])[::-1], None

    def forget_transactions(self) -> None:
        """As a real one does after a day."""
        self.transactions = {f"forgotten {number}": value for number, value in enumerate(self.transactions.values())}

    def bodies(self, room_id: str) -> list[str]:
        """What stands in a room."""
        return [event["content"]["body"] for event in self.rooms.get(room_id, [])]
