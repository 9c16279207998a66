"""Where a demo lives: its folder, ports and freshly made secrets, written once and used again at every start."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from network_app.demo.probe import free_port

SERVER_NAME = "demo.example"
BOT = "network-bot"
DOMAIN = "network.demo.example"
LANGUAGES = "en,bn,en-XA"


@dataclass(frozen=True)
class Place:
    """One demo's folder and what was written there."""

    folder: Path
    web_port: int
    chat_port: int
    mail_port: int
    environment: dict[str, str]

    @property
    def web_url(self) -> str:
        """Where the pages are."""
        return self.environment["PUBLIC_URL"]

    @property
    def chat_url(self) -> str:
        """Where Matrix clients connect."""
        return self.environment["MATRIX_HOMESERVER"]

    @property
    def logins_file(self) -> Path:
        """The demo people's passwords, made at loading."""
        return self.folder / "logins.json"

    def logins(self) -> dict[str, str]:
        """Password of each demo person, by handle."""
        loaded: dict[str, str] = json.loads(self.logins_file.read_text())
        return loaded

    def process_environment(self) -> dict[str, str]:
        """The whole environment for a process of this demo."""
        return {**os.environ, **self.environment, "BIND": f"127.0.0.1:{self.web_port}"}


def open_place(folder: Path, *, web_port: int | None = None) -> Place:
    """Open the demo in `folder`, or make one there."""
    path = folder.absolute() / "settings.json"
    if not path.exists():
        _make(path, web_port or 8000)
    written = json.loads(path.read_text())
    if web_port and web_port != written["web_port"]:
        written["web_port"] = web_port
        written["environment"]["PUBLIC_URL"] = f"http://127.0.0.1:{web_port}"
        write_private(path, json.dumps(written, indent=1))
    return Place(folder.absolute(), **written)


def _make(path: Path, web_port: int) -> None:
    chat_port, mail_port = free_port(), free_port()
    environment = {
        "NETWORK_NAME": "Demo Labour Rights Network",
        "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "DATA_DIR": str(path.parent),
        "SECRET_KEY": secrets.token_hex(32),
        "FIELD_KEYS": f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "MATRIX_HOMESERVER": f"http://127.0.0.1:{chat_port}",
        "MATRIX_USER": f"@{BOT}:{SERVER_NAME}",
        "MATRIX_PASSWORD": secrets.token_urlsafe(24),
        "MATRIX_PICKLE_KEY": secrets.token_urlsafe(24),
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "MAIL_FROM": f"letters@{DOMAIN}",
        "LANGUAGES": LANGUAGES,
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    places = {"web_port": web_port, "chat_port": chat_port, "mail_port": mail_port, "environment": environment}
    write_private(path, json.dumps(places, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(text)
    partial.rename(path)
