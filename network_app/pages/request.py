"""What a view knows of the request it answers: the database session and who acts."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast
from uuid import UUID

from flask import g, request, session
from sqlalchemy.orm import Session

from network_app.core.config import Settings, current
from network_app.core.db import read_transaction
from network_app.core.permissions import Actor

# The place in the session cookie in which Flask-Login looks.
TOKEN = "_user_id"  # noqa: S105  # a name, not a secret


def db() -> Session:
    """This request's session: read-only for a GET, committed after any other answer below 400."""
    return cast(Session, g.db)


def beside() -> AbstractContextManager[Session]:
    """A short read-only session beside this request's own, to look something up without holding a lock meanwhile."""
    return read_transaction(g.factory)


def actor() -> Actor:
    """Who acts in this request, read from the mandates when it began; a stranger is `Actor.nobody()`."""
    return cast(Actor, g.actor)


def settings() -> Settings:
    """The settings of this installation."""
    return current()


def sign_in_id() -> UUID | None:
    """The sign-in that this request came with, to mark it in a person's list of devices."""
    return cast("UUID | None", g.get("sign_in_id"))


def sign_in_token() -> str | None:
    """The token of this browser's sign-in; it stands in the signed session cookie and nowhere else."""
    return session.get(TOKEN)


def use_sign_in_token(token: str) -> None:
    """Let this browser go on under `token`. Everything else in its session is dropped.

    Safety: what somebody planted in the browser's session before the login must not survive it.
    """
    session.clear()
    session.permanent = True
    session[TOKEN] = token


def keep_although_refused() -> None:
    """Commit what this request wrote even though its answer is a refusal: a wrong try has to count."""
    g.keep_although_refused = True


def asked_page() -> int:
    """The page of a long list that the address asks for: 1 and up, and never so high that a database gives up."""
    return min(max(request.args.get("page", 1, type=int), 1), 10_000)


def source() -> str:
    """Where the request came from, for throttling only. Never store it but as a hash of the day.

    Behind a proxy on this machine it is what the proxy saw and wrote last; what a stranger writes is not believed.
    Of an IPv6 address the first half: one household or server has all addresses of the rest.
    """
    address = request.remote_addr or ""
    if address in ("127.0.0.1", "::1"):
        # Safety: else all visitors behind the proxy were one source, and one guesser could shut all of them out.
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()[:64] or address
    return ":".join(address.split(":")[:4]) if ":" in address else address
