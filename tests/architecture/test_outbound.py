"""Whom the program talks to on its own: the homeserver and the mail server that its operator named, nobody else."""

from __future__ import annotations

import re

from tests.architecture.sources import PACKAGES, must_be_none, python_files, text_of

ASKS = re.compile(r"\b(urlopen|HTTPConnection|HTTPSConnection|create_connection|requests\.|httpx\.|aiohttp\.)")
# The bot talks to the homeserver of the settings, the doctor asks it; the demo asks what it started itself.
MAY = ("network_app/doctor.py", "network_app/demo/", "bots/client.py")


def outbound(name: str, text: str) -> bool:
    """Whether a file asks another machine on its own, and is not one of those that may."""
    return bool(ASKS.search(text)) and not name.startswith(MAY)


def test_only_the_operators_own_machines_are_asked() -> None:
    names = [name for package in PACKAGES for name in python_files(package)]
    assert len(names) > 100
    must_be_none([name for name in names if outbound(name, text_of(name))])


def test_such_a_file_would_be_seen() -> None:
    assert outbound("members/queries/preview.py", "return urlopen(address).read()")
    assert not outbound("network_app/doctor.py", "urlopen(url)")
