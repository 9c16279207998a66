"""Who sends this request: the sign-in behind its cookie, the person, and the organisation acted for."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session, sessionmaker

from members.queries import actor_for, find_sign_in, organisations_of
from members.rules import SIGN_IN_SEEN_EVERY
from members.use_cases.signing_in import touch_sign_in
from network_app.core import clock
from network_app.core.db import transaction
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Actor


class SignedIn:
    """What Flask-Login keeps: one sign-in, found again by its token at every request, so it can be revoked."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, row: Any) -> None:
        self.token = token
        self.row = row

    def get_id(self) -> str:
        return self.token


def install(app: Flask, factory: sessionmaker[Session]) -> None:
    """Set `g.actor` before every view: rights are read anew each time, so a mandate ends at once."""
    manager = LoginManager(app)
    # Flask-Login would otherwise put a fingerprint of the browser's address into the cookie.
    manager.session_protection = None
    manager.user_loader(_load)

    @app.before_request
    def identify() -> None:
        g.actor, g.sign_in_id, g.acting_for = Actor.nobody(), None, []
        if request.endpoint != "static" and current_user.is_authenticated:
            _act_as(current_user.row)

    @app.teardown_request
    def note_use(_error: BaseException | None) -> None:
        row = g.pop("seen", None)
        if row is not None:
            # A GET cannot write; that somebody was here is noted in a transaction of its own.
            with transaction(factory) as session:
                touch_sign_in(session, row)


def _load(token: str) -> SignedIn | None:
    session: Session | None = g.get("db")
    if session is None:
        # A file that is not there: its error page needs to know nobody.
        return None
    found = find_sign_in(session, token, clock.now(session))
    return None if found is None else SignedIn(token, found)


def _act_as(row: Any) -> None:
    session: Session = g.db
    try:
        g.actor = actor_for(session, row.person_id, row.organisation_id)
    except NotAllowed:
        # The mandate for this organisation ended; the person may still act for another.
        try:
            g.actor = actor_for(session, row.person_id)
        except NotAllowed:
            return
    g.sign_in_id = row.id
    g.acting_for = organisations_of(session, row.person_id)
    if clock.now(session) - row.seen_at >= SIGN_IN_SEEN_EVERY:
        g.seen = row
