"""The bot's process: take the lease, log in, then listen, answer, post and keep the rooms until told to stop.

The homeserver may be away for hours: everything waits with growing pauses and goes on where it was. Two things end the
process: another bot took over, or the homeserver ended the session, which somebody has to look at.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bots import inbox
from bots.backoff import Backoff, woken_or_after
from bots.bridge import deal_with_waiting
from bots.client import ChatError, Client, Limited, LoggedOut, Refused
from bots.commands import COMMANDS
from bots.lease import Lease, take_lease
from bots.listening import Listener
from bots.outbox_pump import Pump
from bots.rooms import Rooms
from bots.trouble import where
from network_app.core import outbox
from network_app.core.config import ConfigError, Problem, Settings
from network_app.core.outbox import Channel

log = structlog.get_logger()
# One device for ever: the homeserver remembers per device which posts it has.
DEVICE = "NETWORKAPP"
BEAT_SECONDS = 3.0
LOOK_EVERY = 2.0
NO_ANSWER = "The homeserver does not answer."


def run(settings: Settings, factory: sessionmaker[Session]) -> None:
    """Be the bot until SIGTERM or SIGINT; status 1 if it must not go on. Raises ConfigError without a homeserver."""
    wanted = ("matrix_homeserver", "matrix_user", "matrix_password")
    missing = [name.upper() for name in wanted if not getattr(settings, name)]
    if missing:
        raise ConfigError([Problem(name, "missing", "Set it, or do not start the bot") for name in missing])
    if not asyncio.run(_live(settings, factory)):
        raise SystemExit(1)


async def _live(settings: Settings, factory: sessionmaker[Session]) -> bool:
    """Work until told to stop. False if the process must not go on by itself."""
    stopping = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    lease = await _become_the_bot(factory, stopping)
    if lease is None:
        return True
    bot = _Bot(settings, lease)
    work, stop = asyncio.create_task(bot.work()), asyncio.create_task(stopping.wait())
    await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    work.cancel()
    await asyncio.wait((work,))
    await bot.client.close()
    if not work.cancelled():
        log.error("the bot must not go on", **where(work.exception() or RuntimeError()))
        return False
    await asyncio.to_thread(lease.give_back)
    log.info("bot_stopped")
    return True


async def _become_the_bot(factory: sessionmaker[Session], stopping: asyncio.Event) -> Lease | None:
    holder = f"{socket.gethostname()}:{os.getpid()}"
    while not stopping.is_set():
        lease = await asyncio.to_thread(take_lease, factory, holder)
        if lease is not None:
            return lease
        log.info("another bot is alive; waiting for its lease to end")
        await asyncio.wait((asyncio.create_task(stopping.wait()),), timeout=1.0)
    return None


class _Bot:
    """The parts at work under one lease."""

    def __init__(self, settings: Settings, lease: Lease) -> None:
        self.settings, self.lease = settings, lease
        self.client = Client(settings.matrix_homeserver, settings.matrix_user, DEVICE)
        self.heard = asyncio.Event()
        self.pump = Pump(self.client, lease)
        self.rooms = Rooms(self.client, lease, room_made=self.pump.nudge)
        self.listener = Listener(
            self.client, lease, heard=self.heard.set, invited=self.rooms.look_again, busy=lambda: self.pump.is_busy
        )
        self.logged_in = False

    async def work(self) -> None:
        """Do everything at once until cancelled. Raises a group with LeaseLost or LoggedOut."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._beat())
                await self._log_in()
                for part in (self.listener.run(), self.pump.run(), self.rooms.run(), self._answer()):
                    tasks.create_task(part)
        except asyncio.CancelledError:
            await self.pump.settle()
            raise

    async def _beat(self) -> None:
        while True:
            away = not self.logged_in or self.listener.in_trouble or self.pump.in_trouble
            try:
                await asyncio.to_thread(self.lease.beat, NO_ANSWER if away else "")
            except OperationalError as error:
                log.warning("the database is busy", error=type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS)

    async def _log_in(self) -> None:
        """Go on with the session of before, or open one. Waits while the homeserver is away."""
        token = await asyncio.to_thread(self._prepare)
        backoff = Backoff(first=0.25)
        while not self.logged_in:
            try:
                if token is None or not await self.client.resume(token):
                    token = await self.client.log_in(self.settings.matrix_password)
                self.logged_in = True
            except Refused as refusal:
                raise LoggedOut(f"the homeserver does not let {self.settings.matrix_user} in: {refusal}") from refusal
            except ChatError as trouble:
                wait = max(backoff.wait(), trouble.seconds if isinstance(trouble, Limited) else 0)
                log.warning("cannot log in yet", why=str(trouble), seconds=round(wait, 1))
                await asyncio.sleep(wait)
        await asyncio.to_thread(self._remember, token)
        await asyncio.to_thread(self.lease.beat, "")
        log.info("bot_started", user=self.client.user)

    def _prepare(self) -> str | None:
        with self.lease.transaction() as session:
            # Whoever held these rows is dead: there is only one bot, and it is this one.
            outbox.release(session, Channel.MATRIX, not_by=self.lease.holder)
            return inbox.open_account(session, self.settings.matrix_user).token

    def _remember(self, token: str | None) -> None:
        with self.lease.transaction() as session:
            inbox.account(session).token = token

    async def _answer(self) -> None:
        while True:
            try:
                while await asyncio.to_thread(deal_with_waiting, self.lease, COMMANDS):
                    self.pump.nudge()
            except OperationalError as error:
                log.warning("the database is busy", error=type(error).__name__)
            await woken_or_after(self.heard, LOOK_EVERY)
