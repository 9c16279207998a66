"""A member's chat client that is not ours: the library of Element, in a node process of its own (tests/element)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from network_app.demo.homeserver import Account

PROGRAM = Path(__file__).parents[1] / "element"
FILES = ("package.json", "package-lock.json", ".npmrc")


class NotHere(Exception):
    """Node, npm or the library cannot be had on this machine; the message says which."""


def install() -> Path:
    """Have npm install exactly what the lock file names, once per environment. Raises NotHere."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotHere(f"{program} (Node.js 20 or newer)")
    lock = (PROGRAM / "package-lock.json").read_bytes()
    place = Path(sys.prefix) / f"element-{hashlib.sha256(lock).hexdigest()[:12]}"
    if place.exists():
        return place
    with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
        for name in FILES:
            shutil.copy(PROGRAM / name, folder)
        asked = ["npm", "ci", "--ignore-scripts", "--prefer-offline"]
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=150, check=False)
        if done.returncode:
            raise NotHere(f"matrix-js-sdk (npm ci: {done.stderr.strip()[-200:]})")
        if not place.exists():
            shutil.copytree(folder, place, dirs_exist_ok=True)
    return place


class ForeignClient:
    """One signed-in client; each command is answered when the library has seen or done what it says."""

    def __init__(self, homeserver: str, account: Account, modules: Path) -> None:
        told = {
            "HOMESERVER": homeserver,
            "USER_ID": account.user_id,
            "ACCESS_TOKEN": account.access_token,
            "DEVICE_ID": account.device_id,
            "MODULES": str(modules),
        }
        self._process = subprocess.Popen(
            ["node", str(PROGRAM / "client.mjs")],
            env=os.environ | told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def does(self, command: str, room: str, **given: str) -> Any:
        """Let the client do something in a room; returns what it saw. Raises AssertionError with what went wrong."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"command": command, "room": room, **given}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        assert line, self._process.stderr.read()[-2000:]
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer
