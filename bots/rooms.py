"""Make the rooms and keep the right people in them.

A room's alias comes from its name in our register, so a bot that is killed between making a room and writing it down
finds it again instead of making a second one. Who lost the mandate is put out; who left by choice is not asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from bots.backoff import Backoff
from bots.client import ChatError, Client, Invitation, Refused
from bots.lease import Lease
from bots.plans import Plan, plan_rooms
from bots.registry import (
    GuestState,
    Room,
    RoomState,
    find_room,
    forget_room,
    guests,
    note_guest,
    room_by_id,
    room_died,
    room_ready,
    rooms,
    strangers,
    want_room,
)
from members.queries import last_cut_off, link_codes_waiting, person_by_chat
from network_app.core import clock
from network_app.core.db import read_transaction

log = structlog.get_logger()
LOOK_EVERY = 10.0
# Whoever is frozen must not read on for ten seconds; this question is one small query.
CUT_OFF_EVERY = 1.0
AT_ONCE = 4
STRANGERS_STAY = timedelta(minutes=10)
MOST_STRANGERS = 20
INSIDE = (GuestState.INVITED, GuestState.JOINED)
ALIAS = "network-"
# What the homeserver says to an invitation that will never be accepted or was accepted long ago.
SETTLED = {"M_FORBIDDEN": GuestState.JOINED, "M_NOT_FOUND": GuestState.LEFT, "M_INVALID_PARAM": GuestState.LEFT}


class Rooms:
    """Keeps the rooms as the register of members says."""

    def __init__(self, client: Client, lease: Lease, room_made: Callable[[], None]) -> None:
        self.client, self.lease, self.room_made = client, lease, room_made
        self.backoff = Backoff(first=1.0)
        self.invitations: list[Invitation] = []
        self._inside: dict[str, dict[str, GuestState]] = {}
        self._wake = asyncio.Event()
        self._cut_off: datetime | None = None

    def look_again(self, invitations: Sequence[Invitation] = ()) -> None:
        """Something about people or rooms may have changed, or somebody asks the bot in."""
        self.invitations.extend(invitations)
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled. Raises LeaseLost and LoggedOut."""
        while True:
            wait = LOOK_EVERY
            self._wake.clear()
            try:
                while self.invitations:
                    await self._consider(self.invitations.pop())
                await self.put_in_order()
                self.backoff.worked()
            except (ChatError, OperationalError) as trouble:
                wait = self.backoff.wait()
                log.warning("rooms must wait", why=type(trouble).__name__, seconds=round(wait, 1))
            await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        """Wait until it is time to look again, somebody says so, or somebody is frozen."""
        until = asyncio.get_running_loop().time() + seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, CUT_OFF_EVERY)):
                    await self._wake.wait()
                return
            if await asyncio.to_thread(self._somebody_was_cut_off):
                return

    def _somebody_was_cut_off(self) -> bool:
        try:
            with read_transaction(self.lease.factory) as session:
                newest = last_cut_off(session)
        except OperationalError:
            return False
        known, self._cut_off = self._cut_off, newest
        return newest is not None and newest != known

    async def put_in_order(self) -> None:
        """Make what is missing, place it in its spaces, invite and put out. Raises ChatError."""
        plans, known = await asyncio.to_thread(self._plan)
        places = {name: room.room_id for name, room in known.items() if room.room_id}
        await self._tend([(plan, known[plan.name]) for plan in plans if plan.is_space], places)
        await self._tend([(plan, known[plan.name]) for plan in plans if not plan.is_space], places)
        await self._see_strangers_off()

    def _plan(self) -> tuple[list[Plan], dict[str, Room]]:
        with read_transaction(self.lease.factory) as session:
            plans = plan_rooms(session)
            known = {room.name: room for room in rooms(session, *RoomState)}
            self._inside = guests(session)
            # The rollback at the end of a reading transaction would empty them.
            session.expunge_all()
        new = [plan.name for plan in plans if plan.name not in known]
        if new:
            with self.lease.transaction() as session:
                known |= {name: want_room(session, name) for name in new}
        return plans, known

    async def _tend(self, pairs: list[tuple[Plan, Room]], places: dict[str, str]) -> None:
        """See to some rooms, a few at a time. Raises the first ChatError that is not about one room alone."""
        alive = [pair for pair in pairs if pair[1].state is not RoomState.DEAD]
        for start in range(0, len(alive), AT_ONCE):
            jobs = [self._see_to(plan, room, places) for plan, room in alive[start : start + AT_ONCE]]
            for problem in await asyncio.gather(*jobs, return_exceptions=True):
                if isinstance(problem, Refused):
                    log.warning("a room cannot be put in order", why=problem.code)
                elif problem is not None:
                    raise problem

    async def _see_to(self, plan: Plan, room: Room, places: dict[str, str]) -> None:
        if room.room_id is None:
            made = await self._make(plan)
            if made is None:
                return
            places[plan.name] = made
        room_id = places[plan.name]
        await self._place(plan, room, room_id, places)
        await self._let_in_and_out(plan, room_id)

    async def _make(self, plan: Plan) -> str | None:
        alias = ALIAS + plan.name.replace(":", "-")
        try:
            made: str | None = await self.client.create_room(
                name=plan.title, alias=alias, space=plan.is_space, direct=plan.is_direct
            )
        except Refused as refusal:
            if refusal.code != "M_ROOM_IN_USE":
                raise
            # Made before a crash, and not written down.
            made = await self.client.own_room_at(alias)
        await asyncio.to_thread(self._write_down, plan.name, made)
        self.room_made()
        return made

    def _write_down(self, name: str, room_id: str | None) -> None:
        with self.lease.transaction() as session:
            if room_id is None:
                room_died(session, want_room(session, name), "its alias belongs to somebody else's room")
            else:
                room_ready(session, name, room_id)

    async def _place(self, plan: Plan, room: Room, room_id: str, places: dict[str, str]) -> None:
        """Show the room in its spaces, and in no others."""
        wanted = [space for space in plan.spaces if space in places]
        if sorted(wanted) == sorted(room.spaces):
            return
        for space in set(wanted) ^ set(room.spaces):
            content = {"via": [self.client.server_name], "suggested": True} if space in wanted else {}
            await self.client.set_state(places[space], "m.space.child", room_id, content)
        await asyncio.to_thread(self._write_spaces, plan.name, wanted)

    def _write_spaces(self, name: str, spaces: list[str]) -> None:
        with self.lease.transaction() as session:
            want_room(session, name).spaces = spaces

    async def _let_in_and_out(self, plan: Plan, room_id: str) -> None:
        inside = self._inside.get(plan.name, {})
        for person in sorted(plan.guests):
            if inside.get(person) in (None, GuestState.REMOVED):
                await self._move(plan.name, person, self.client.invite(room_id, person), GuestState.INVITED)
        for person, state in inside.items():
            if state in INSIDE and person not in plan.guests:
                # Safety: a mandate that ended, or a frozen person, must not go on reading what we are asked.
                await self._move(plan.name, person, self.client.remove(room_id, person), GuestState.REMOVED)

    async def _move(self, name: str, person: str, request: Awaitable[None], state: GuestState) -> None:
        try:
            await request
        except Refused as refusal:
            log.info("the homeserver refused to let somebody in or out", why=refusal.code)
            if refusal.code not in SETTLED:
                return
            state = SETTLED[refusal.code] if state is GuestState.INVITED else state
        await asyncio.to_thread(self._write_guest, name, person, state)

    def _write_guest(self, name: str, person: str, state: GuestState) -> None:
        with self.lease.transaction() as session:
            note_guest(session, name, person, state)

    # ---------------------------------------------------------------- chats that people open with the bot

    async def _consider(self, invitation: Invitation) -> None:
        """Join a direct chat of somebody linked, or of a stranger while a link code is out. Raises ChatError.

        Every other invitation is left alone: the bot reads no room that it was not meant for.
        """
        name = await asyncio.to_thread(self._chat_for, invitation)
        if name is None:
            return
        try:
            await self.client.join(invitation.room_id)
        except Refused:
            await asyncio.to_thread(self._forget, name)
            return
        await asyncio.to_thread(self._write_down, name, invitation.room_id)
        self.room_made()

    def _chat_for(self, invitation: Invitation) -> str | None:
        with self.lease.transaction() as session:
            if not invitation.direct or room_by_id(session, invitation.room_id) is not None:
                return None
            person = person_by_chat(session, invitation.inviter)
            if person is not None:
                name = f"dm:{person.id}"
                if find_room(session, name) is not None:
                    return None
            elif link_codes_waiting(session) and len(strangers(session)) < MOST_STRANGERS:
                name = f"stranger:{uuid.uuid4()}"
            else:
                return None
            want_room(session, name).state = RoomState.CREATING
            note_guest(session, name, invitation.inviter, GuestState.JOINED)
            return name

    def _forget(self, name: str) -> None:
        with self.lease.transaction() as session:
            forget_room(session, name)

    async def _see_strangers_off(self) -> None:
        """Leave the chats of those who did not link themselves in time."""
        for name, room_id in await asyncio.to_thread(self._stale_strangers):
            if room_id is not None:
                await self.client.leave(room_id)
            await asyncio.to_thread(self._forget, name)

    def _stale_strangers(self) -> list[tuple[str, str | None]]:
        with read_transaction(self.lease.factory) as session:
            too_old = clock.now(session) - STRANGERS_STAY
            return [(room.name, room.room_id) for room in strangers(session) if room.since < too_old]
