"""A program that uses the API in tests: a token and nothing else."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from members.use_cases.tokens import issue_token
from network_app.core.permissions import Actor, Duty
from network_app.core.scopes import Scope


def make_token_for(
    session: Session, actor: Actor, *, scopes: Any = Scope, duties: Any = None, days: int = 30
) -> tuple[Any, str]:
    """A token of this person, for everything they may do unless it is narrowed."""
    under: frozenset[Duty] = actor.duties if duties is None else frozenset(duties)
    return issue_token(session, actor, name="a test", scopes=scopes, duties=under, days=days)


class Program:
    """Somebody's program. It keeps cookies as a browser would, so that a test can see that they open nothing."""

    def __init__(self, app: Flask, address: str, token: str) -> None:
        self.client, self.address, self.token = app.test_client(), address, token

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read."""
        return self.client.get(f"/api/v1{path}", base_url=self.address, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Act. Header names are written with underscores."""
        extra = {} if body is None else {"json": body}
        return self.client.post(f"/api/v1{path}", base_url=self.address, headers=self._headers(headers), **extra)

    def _headers(self, named: dict[str, str]) -> dict[str, str]:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return own | {name.replace("_", "-"): value for name, value in named.items()}
