"""A real Matrix homeserver (Synapse) on loopback, for `make run` and for tests.

Everything it needs lives in one folder; starting again on the same folder finds all users and rooms.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Any, Self

from network_app.demo.leash import Process, end, spawn
from network_app.demo.probe import answers, free_port

HERE = Path(__file__).parent
SECRETS = ("registration_secret", "macaroon_secret", "form_secret")
DEFAULT_SERVER_NAME = "network.test"


class HomeserverError(Exception):
    """The homeserver did not start, or refused what was asked; the text says which."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Account:
    """A registered user, signed in on one device."""

    user_id: str
    access_token: str
    device_id: str


class Homeserver:
    """Synapse in a folder. `limited=True` keeps Synapse's own rate limits, which are strict."""

    def __init__(
        self, folder: Path, *, port: int | None = None, server_name: str = DEFAULT_SERVER_NAME, limited: bool = False
    ) -> None:
        self.folder = folder.absolute()
        self.port = port or free_port()
        self.server_name = server_name
        self.limited = limited
        self.process: Process | None = None

    @property
    def url(self) -> str:
        """For MATRIX_HOMESERVER."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ready_url(self) -> str:
        """Answers as soon as clients may come."""
        return f"{self.url}/_matrix/client/versions"

    def command(self) -> list[str]:
        """Write the configuration and return the program to start, for whoever supervises it."""
        self._write_configuration()
        configs = ["homeserver.yaml"] if self.limited else ["homeserver.yaml", "unlimited.yaml"]
        options = [part for name in configs for part in ("-c", str(self.folder / name))]
        return [sys.executable, "-m", "synapse.app.homeserver", *options]

    def start(self, *, seconds: float = 60) -> Self:
        """Start and wait until clients may come. Raises HomeserverError with the end of its output."""
        # Without this look, another server's answer on the same port would count as our own.
        if answers(self.ready_url):
            raise HomeserverError(f"the homeserver did not start: port {self.port} is in use")
        output = self.folder / "output.log"
        self.process = spawn(self.command(), log=output, env=os.environ, cwd=self.folder)
        deadline = time.monotonic() + seconds
        while not answers(self.ready_url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise HomeserverError(f"the homeserver did not start: {output.read_text()[-1500:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stop it, if it runs; the folder stays."""
        if self.process is not None:
            end(self.process)
            self.process = None

    def register(self, name: str, password: str, *, admin: bool = False) -> Account:
        """Make a user. Raises HomeserverError with code M_USER_IN_USE if there is one."""
        path = "/_synapse/admin/v1/register"
        nonce = self.request("GET", path)["nonce"]
        rights = "admin" if admin else "notadmin"
        seal = hmac.new(self._secret("registration_secret").encode(), digestmod="sha1")
        seal.update(b"\0".join(part.encode() for part in (nonce, name, password, rights)))
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": seal.hexdigest()}
        return _account(self.request("POST", path, body=body))

    def log_in(self, name: str, password: str) -> Account:
        """Sign a user in on a new device. Raises HomeserverError."""
        who = {"type": "m.id.user", "user": name}
        body = {"type": "m.login.password", "identifier": who, "password": password}
        return _account(self.request("POST", "/_matrix/client/v3/login", body=body))

    def request(
        self, method: str, path: str, *, body: object = None, token: str | None = None, seconds: float = 60
    ) -> dict[str, Any]:
        """One plain HTTP request, as any client would make it. Raises HomeserverError for a refusal."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400:
            code = str(answer.get("errcode", ""))
            raise HomeserverError(f"{method} {path}: {response.status} {answer.get('error')}", code=code)
        return answer

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def _write_configuration(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {name: self._secret(name) for name in SECRETS}
        values |= {"port": str(self.port), "folder": str(self.folder), "server_name": self.server_name}
        for source, name in (
            ("homeserver.yaml", "homeserver.yaml"),
            ("homeserver-log.yaml", "log.yaml"),
            ("homeserver-unlimited.yaml", "unlimited.yaml"),
        ):
            _write_private(self.folder / name, Template((HERE / source).read_text()).substitute(values))
        key = self.folder / "signing.key"
        if not key.exists():
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            _write_private(key, f"ed25519 a_demo {seed}\n")

    def _secret(self, name: str) -> str:
        """A secret of this folder's own, made once."""
        path = self.folder / name
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(32))
        return path.read_text()


def _account(answer: dict[str, Any]) -> Account:
    return Account(answer["user_id"], answer["access_token"], answer["device_id"])


def _write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, from its first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
