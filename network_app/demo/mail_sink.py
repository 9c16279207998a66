"""The demo's post office: a real SMTP server on loopback that delivers nothing outside this machine.

Every mail is kept in the Maildir `mail-sink`, for people to read. Mail to the network's own domain also goes into the
Maildir `mail-in`, where network_app/mailer.py looks for incoming post, as it would beside any other mail server.
"""

from __future__ import annotations

import mailbox
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from aiosmtpd.controller import Controller

LARGEST_MAIL = 25_000_000
SINK = "mail-sink"
INCOMING = "mail-in"


@dataclass(frozen=True)
class PostOffice:
    """Keeps what it accepts below `data_dir`. `domain` is the network's own."""

    data_dir: Path
    domain: str

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # the name that aiosmtpd calls
        """Keep one mail before saying yes to it."""
        self._keep(SINK, envelope, envelope.rcpt_tos)
        own = [address for address in envelope.rcpt_tos if self._is_ours(address)]
        if own:
            self._keep(INCOMING, envelope, own)
        return "250 kept"

    def _is_ours(self, address: str) -> bool:
        return address.rpartition("@")[2].lower() == self.domain.lower()

    def _keep(self, name: str, envelope: Any, recipients: list[str]) -> None:
        """Store with the envelope in front, as a mail server does when it delivers."""
        head = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {address}" for address in recipients)]
        folder = mailbox.Maildir(self.data_dir / name, create=True)
        folder.add("\r\n".join(head).encode() + b"\r\n" + envelope.original_content)


def open_office(*, port: int, data_dir: Path, domain: str) -> Controller:
    """Start answering on loopback; stop it with `.stop()`."""
    data_dir.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        PostOffice(data_dir, domain),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=LARGEST_MAIL,
        enable_SMTPUTF8=True,
    )
    controller.start()
    return controller


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--data-dir", type=click.Path(path_type=Path), required=True)
@click.option("--domain", required=True, help="The domain of MAIL_FROM: its mail comes in.")
def main(port: int, data_dir: Path, domain: str) -> None:
    """Keep mail until SIGTERM or Ctrl-C."""
    asked = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    office = open_office(port=port, data_dir=data_dir, domain=domain)
    signal.sigwait(asked)
    office.stop()


if __name__ == "__main__":
    main()
