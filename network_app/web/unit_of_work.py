"""One database session per request, and the one place where the web commits.

A GET gets a session in which the database itself refuses to write, so no link can change anything. Any other request
commits before its answer leaves if the answer is below 400, and rolls back otherwise.
"""

from __future__ import annotations

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.db import make_read_only

SAFE = ("GET", "HEAD", "OPTIONS")


def install(app: Flask, factory: sessionmaker[Session]) -> None:
    """Open, commit and close the session around every request."""

    @app.before_request
    def open_session() -> None:
        if request.endpoint == "static":
            return
        g.db, g.factory = factory(), factory
        if request.method in SAFE:
            make_read_only(g.db)

    @app.after_request
    def settle(answer: Response) -> Response:
        if "db" in g:
            _settle(g.db, answer)
        return answer

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        session: Session | None = g.pop("db", None)
        if session is not None:
            session.close()


def _settle(session: Session, answer: Response) -> None:
    keep = answer.status_code < 400 or g.get("keep_although_refused", False)
    if request.method not in SAFE and keep:
        session.commit()
    else:
        session.rollback()
