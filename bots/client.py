"""The one file that knows the Matrix library. Everything above it sees plain values and four kinds of failure.

Rooms are not encrypted yet. That is said here and nowhere else: `_config` turns encryption off and `create_room` asks
for none. The bot's own issue brings the crypto store, cross-signing and pinned devices; until then a vote cast in chat
is as trustworthy as the homeserver.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import aiohttp
import nio

Raw = dict[str, Any]
SEEN_TYPES = (
    "m.room.message",
    "m.room.redaction",
    "m.room.member",
    "org.matrix.msc3381.poll.response",
    "m.poll.response",
)
TIMELINE_LIMIT = 50
PAGE = 100


class ChatError(Exception):
    """The homeserver did not do what was asked; trying again later may work."""


class ServerDown(ChatError):
    """No usable answer from the homeserver."""


class Limited(ChatError):
    """The homeserver asks to slow down."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"slow down for {seconds:.1f} s")
        self.seconds = seconds


class Refused(ChatError):
    """The homeserver refused for good or for a reason that its code names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LoggedOut(Exception):
    """The bot's session was ended. Nothing works until somebody has looked at why."""


@dataclass(frozen=True)
class RoomPart:
    """What happened in one joined room: raw events, oldest first. `gap_from` is set if older ones were left out."""

    room_id: str
    events: list[Raw]
    gap_from: str | None = None


@dataclass(frozen=True)
class Invitation:
    """Somebody asks the bot into a room."""

    room_id: str
    inviter: str
    direct: bool


@dataclass(frozen=True)
class Batch:
    """One answer of the homeserver's event stream."""

    next_batch: str
    joined: list[RoomPart]
    invitations: list[Invitation]
    left: list[str]


class Client:
    """One bot account on one homeserver, as one device for ever: transaction ids belong to the device."""

    def __init__(self, homeserver: str, user: str, device: str) -> None:
        self._nio = nio.AsyncClient(homeserver, user, device, config=_config())
        self.user, self.device = user, device

    @property
    def server_name(self) -> str:
        """The part of every id on this homeserver after the colon."""
        return self.user.partition(":")[2]

    async def log_in(self, password: str) -> str:
        """Open a session; returns the token that `resume` takes. Raises ChatError."""
        answer = await _asked(self._nio.login(password, device_name="network-app bot"))
        self.user = answer.user_id
        return str(answer.access_token)

    async def resume(self, token: str) -> bool:
        """Go on with a session opened before; False if the homeserver has ended it. Raises ChatError."""
        self._nio.restore_login(self.user, self.device, token)
        try:
            answer = await _asked(self._nio.whoami())
        except (LoggedOut, Refused):
            self._nio.access_token = ""
            return False
        self.user = answer.user_id
        return bool(answer.device_id == self.device)

    async def close(self) -> None:
        """Close the connections."""
        await self._nio.close()

    async def sync(self, since: str | None, *, wait_seconds: float, whole_state: bool = False) -> Batch:
        """What happened after `since`. Raises ChatError and LoggedOut."""
        # nio keeps the last answer's token in memory; ours from the database is the one that counts.
        self._nio.next_batch = ""
        wait, whole = int(wait_seconds * 1000), whole_state or None
        answer = await _asked(self._nio.sync(wait, self._filter(), since=since, full_state=whole))
        # The library's picture of each room is not used, and would grow with every member.
        self._nio.rooms.clear()
        self._nio.invited_rooms.clear()
        raw = await _raw(answer)
        rooms = _part(raw, "rooms")
        joined = [_room_part(room_id, part) for room_id, part in _part(rooms, "join").items()]
        invited = [_invitation(room_id, part, self.user) for room_id, part in _part(rooms, "invite").items()]
        left = list(_part(rooms, "leave"))
        return Batch(answer.next_batch, joined, [one for one in invited if one], left)

    def _filter(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"types": []}
        # The bot's own posts stay in. Without them a waiting homeserver wakes at each post, finds nothing to tell, and
        # looks through all rooms again at the next one: a fan-out would cost it the square of its rooms.
        return {
            "presence": nothing,
            "account_data": nothing,
            "room": {
                "account_data": nothing,
                "ephemeral": nothing,
                "state": {"types": ["m.room.member"], "lazy_load_members": True},
                "timeline": {"types": list(SEEN_TYPES), "limit": TIMELINE_LIMIT},
            },
        }

    async def earlier(self, room_id: str, token: str, *, own: bool = False) -> tuple[list[Raw], str | None]:
        """A page of older events, newest first, and the token of the next page. Raises ChatError and LoggedOut."""
        who = {"senders": [self.user]} if own else {"types": list(SEEN_TYPES), "not_senders": [self.user]}
        back = nio.MessageDirection.back
        page = self._nio.room_messages(room_id, token or None, direction=back, limit=PAGE, message_filter=who)
        answer = await _asked(page)
        return _events(await _raw(answer), "chunk"), answer.end

    async def send(self, room_id: str, kind: str, content: Raw, transaction: str) -> str:
        """Post an event, once for each transaction id. Returns the event id. Raises ChatError and LoggedOut."""
        answer = await _asked(self._nio.room_send(room_id, kind, content, tx_id=transaction))
        return str(answer.event_id)

    async def create_room(self, *, name: str, alias: str, space: bool = False, direct: bool = False) -> str:
        """Make a private room in which only the bot invites. Raises ChatError (alias taken: Refused)."""
        answer = await _asked(
            self._nio.room_create(
                name=name,
                alias=alias,
                space=space,
                is_direct=direct,
                preset=nio.RoomPreset.private_chat,
                # Safety: a member of a room who could invite would let strangers read what the network asks of it.
                power_level_override={"invite": 50},
                initial_state=[
                    {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}}
                ],
            )
        )
        return str(answer.room_id)

    async def own_room_at(self, alias: str) -> str | None:
        """The room at this alias if the bot itself made it; None if there is none. Raises ChatError."""
        try:
            found = await _asked(self._nio.room_resolve_alias(f"#{alias}:{self.server_name}"))
            state = await _asked(self._nio.room_get_state(found.room_id))
        except Refused:
            return None
        made_by = [event.get("sender") for event in state.events if event.get("type") == "m.room.create"]
        # Safety: somebody may have put the alias on a room of his own to read what is meant for an organisation.
        return str(found.room_id) if made_by == [self.user] else None

    async def members(self, room_id: str) -> list[str]:
        """Who is in the room now. Raises ChatError."""
        answer = await _asked(self._nio.joined_members(room_id))
        return [member.user_id for member in answer.members]

    async def invite(self, room_id: str, person: str) -> None:
        """Ask a person into a room. Raises ChatError."""
        await _asked(self._nio.room_invite(room_id, person))

    async def remove(self, room_id: str, person: str) -> None:
        """Put a person out of a room, or take the invitation back. Raises ChatError."""
        await _asked(self._nio.room_kick(room_id, person))

    async def join(self, room_id: str) -> None:
        """Accept an invitation. Raises ChatError."""
        await _asked(self._nio.join(room_id))

    async def leave(self, room_id: str) -> None:
        """Leave a room or decline its invitation. Raises ChatError."""
        await _asked(self._nio.room_leave(room_id))

    async def set_state(self, room_id: str, kind: str, key: str, content: Raw) -> None:
        """Write one piece of a room's state. Raises ChatError."""
        await _asked(self._nio.room_put_state(room_id, kind, content, state_key=key))


def _config() -> nio.AsyncClientConfig:
    # Retries are ours (outbox, sync loop): the library's own go on for ever and wake all waiters at once. Its token
    # store is off because it saves the position before anything was done with the events.
    return nio.AsyncClientConfig(
        max_limit_exceeded=0, max_timeouts=0, request_timeout=20, store_sync_tokens=False, encryption_enabled=False
    )


async def _asked(request: Awaitable[Any]) -> Any:
    """The library's answer, or one of our errors."""
    try:
        answer = await request
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ServerDown(type(error).__name__) from error
    if not isinstance(answer, nio.ErrorResponse):
        return answer
    code = answer.status_code
    if code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        raise LoggedOut(code)
    if code == "M_LIMIT_EXCEEDED":
        raise Limited((answer.retry_after_ms or 5000) / 1000)
    if not isinstance(code, str):
        raise ServerDown("no answer in Matrix's form")
    raise Refused(code)


async def _raw(answer: Any) -> Raw:
    """The answer as the homeserver gave it: the library takes events apart while it reads them."""
    raw: Raw = await answer.transport_response.json()
    return raw


def _part(raw: Raw, key: str) -> Raw:
    part = raw.get(key)
    return part if isinstance(part, dict) else {}


def _events(raw: Raw, key: str) -> list[Raw]:
    events = raw.get(key)
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def _room_part(room_id: str, part: Raw) -> RoomPart:
    timeline = _part(part, "timeline")
    events = [*_events(_part(part, "state"), "events"), *_events(timeline, "events")]
    gap = timeline.get("prev_batch") if timeline.get("limited") is True else None
    return RoomPart(room_id, events, gap if isinstance(gap, str) else None)


def _invitation(room_id: str, part: Raw, me: str) -> Invitation | None:
    for event in _events(_part(part, "invite_state"), "events"):
        content, inviter = _part(event, "content"), event.get("sender")
        mine = event.get("type") == "m.room.member" and event.get("state_key") == me
        if mine and content.get("membership") == "invite" and isinstance(inviter, str):
            return Invitation(room_id, inviter, content.get("is_direct") is True)
    return None
