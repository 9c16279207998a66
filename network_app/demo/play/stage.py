"""Everything a play needs at hand: browsers and chat clients of its people, the mail, the clock, and its checks."""

from __future__ import annotations

import email
import email.policy
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from rich.console import Console

from network_app.demo.place import Place
from network_app.demo.play.member import Member, wait_for
from network_app.demo.play.visitor import PageSeen, Visitor


class CheckFailed(Exception):
    """Something was not as it should be; the text says what."""


@dataclass
class Stage:
    """One run of the play, and what its steps hand on to each other."""

    place: Place
    console: Console
    facts: dict[str, Any] = field(default_factory=dict)
    checks: int = 0
    _browsers: dict[str, Visitor] = field(default_factory=dict)
    _members: dict[str, Member] = field(default_factory=dict)

    def stranger(self) -> Visitor:
        """A browser that has never been here."""
        return Visitor(self.place.web_url)

    def browser(self, handle: str) -> Visitor:
        """The browser of a demo person, signed in."""
        if handle not in self._browsers:
            visitor = Visitor(self.place.web_url)
            # The play finds forms by the words on their buttons; some of its people read Bengali.
            page = visitor.open("/login?lang=en")
            password = self.place.logins()[handle]
            email, code = f"{handle}@people.demo.example", self._code_of(handle)
            page = visitor.press(page, "Sign in", email=email, password=password, code=code)
            self.check(page.status == 200 and "/today" in page.url, f"{handle} is signed in", page.words[:300])
            self._browsers[handle] = visitor
        return self._browsers[handle]

    def _code_of(self, handle: str) -> str:
        """What the app of a demo person shows."""
        return self.command("demo", "code", handle).strip()

    def member(self, handle: str) -> Member:
        """The chat client of a demo person."""
        if handle not in self._members:
            self._members[handle] = Member(self.place.chat_url, handle, self.place.logins()[handle])
        return self._members[handle]

    def in_own_room(self, handle: str) -> tuple[Member, str]:
        """The chat client of a demo person, and the room of the organisation that the person acts for."""
        member = self.member(handle)
        return member, member.room_named(_organisation_of(handle))

    def does(self, handle: str, path: str, button: str, **typed: Any) -> PageSeen:
        """Let a person open a page and press a button on it; the page that follows must not be a refusal."""
        browser = self.browser(handle)
        page = browser.open(path)
        self.expect(page, 200, f"{handle} opens {path}")
        after = browser.press(page, button, **typed)
        self.expect(after, 200, f"{handle}: {button}")
        return after

    def expect(self, page: PageSeen, status: int, words: str) -> None:
        """Check the status of an answer."""
        self.check(page.status == status, words, f"{page.url} answered {page.status}: {page.words[:600]}")

    def check(self, holds: bool, words: str, otherwise: str = "") -> None:
        """Note that something holds, or stop with what was seen instead. Raises CheckFailed."""
        if not holds:
            raise CheckFailed(f"{words} — but: {otherwise}" if otherwise else words)
        self.checks += 1

    def say(self, words: str) -> None:
        """Tell whoever watches what was just checked."""
        self.console.print(f"   [green]✓[/green] {words}")

    def mails(self) -> list[EmailMessage]:
        """All mail that left, as the sink holds it."""
        found = []
        for path in sorted((self.place.folder / "mail-sink" / "new").glob("*")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if isinstance(message, EmailMessage):
                found.append(message)
        return found

    def mail_to(self, address: str, words: str, *, seconds: float = 60) -> EmailMessage:
        """Wait for a mail to `address` with `words` in subject or text. Raises LookupError."""

        def find() -> EmailMessage | None:
            return next((mail for mail in self.mails() if address in str(mail["To"]) and words in text_of(mail)), None)

        return wait_for(find, f"a mail to {address} with {words!r}", seconds=seconds)

    def eventually(self, look: Callable[[], bool], words: str, *, seconds: float = 60) -> None:
        """Wait until something holds. Raises LookupError."""
        wait_for(lambda: True if look() else None, words, seconds=seconds)
        self.checks += 1

    def command(self, *words: str) -> str:
        """Run `network-app` as the sysadmin of this place; returns what it printed. Raises CheckFailed."""
        done = subprocess.run(
            [sys.executable, "-m", "network_app.cli", *words],
            env=self.place.process_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.check(done.returncode == 0, f"network-app {' '.join(words)}", done.stderr[-800:])
        return done.stdout

    def let_pass(self, hours: float) -> None:
        """Move the demo's clock."""
        self.command("demo", "clock", str(hours))
        # Whoever was idle for that long is signed out, in the demo as in life.
        self._browsers.clear()

    def keep(self, name: str, data: str) -> Path:
        """Write a file into the play's folder."""
        path = self.place.folder / name
        path.write_text(data)
        return path


def address_of(organisation: str) -> str:
    """The mail address of a demo organisation, by its name."""
    return next(str(one["email"]) for one in _organisations() if one["name"] == organisation)


def _organisation_of(handle: str) -> str:
    return next(str(one["name"]) for one in _organisations() if handle in (p["handle"] for p in one["people"]))


def _organisations() -> list[dict[str, Any]]:
    members = tomllib.loads((Path(__file__).parents[1] / "data" / "members.toml").read_text())
    organisations: list[dict[str, Any]] = members["organisations"]
    return organisations


def text_of(mail: EmailMessage) -> str:
    """Subject and text of a mail."""
    part = mail.get_body(preferencelist=("plain",))
    return f"{mail['Subject']}\n{part.get_content() if part else ''}"
