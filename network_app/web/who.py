"""Who sends this request: the sign-in behind its cookie, the person, and the organisation acted for."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Flask, Response, g, request
from flask import session as cookie
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session, sessionmaker

from members.queries import find_half_sign_in, find_sign_in, rights_of
from members.rules import SIGN_IN_SEEN_EVERY, Strength
from members.use_cases.signing_in import renew_sign_in, touch_sign_in
from network_app.core import clock
from network_app.core.db import transaction
from network_app.core.permissions import Actor
from network_app.pages.answers import Answer, see_other
from network_app.pages.request import TOKEN
from network_app.web.problems import for_programs

# All that somebody sees who needs a second factor and came in with a password alone.
WHILE_CONFINED = frozenset(
    {
        "static",
        "members.security",
        "members.new_app",
        "members.confirm_new_app",
        "members.keep_new_passkey",
        "members.paper_codes",
        "members.stop_vouching",
        "front.healthz",
        "front.readyz",
        "front.metrics",
    }
)


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
    _install_writing(app, factory)

    @app.before_request
    def identify() -> None:
        g.actor, g.sign_in_id, g.acting_for, g.confined = Actor.nobody(), None, [], False
        # Safety: programs come without a CSRF token, so for them a browser's cookie must open nothing.
        if request.endpoint == "static" or for_programs() or on_the_way_in():
            return
        if current_user.is_authenticated:
            _act_as(current_user.row)

    @app.before_request
    def confine() -> Answer | None:
        free = request.endpoint in WHILE_CONFINED or request.blueprint == "sign_in"
        return None if free or not g.confined else see_other("members.security")


def _install_writing(app: Flask, factory: sessionmaker[Session]) -> None:
    @app.after_request
    def renew(answer: Response) -> Response:
        # A GET cannot write; what a sign-in needs written is done in transactions of its own.
        if g.get("rights_changed") and request.method == "GET":
            with transaction(factory) as session:
                fresh = renew_sign_in(session, token=cookie[TOKEN])
            cookie[TOKEN] = fresh or cookie[TOKEN]
        return answer

    @app.teardown_request
    def note_use(_error: BaseException | None) -> None:
        # Only the id: the row belongs to the session of the request, which must not open again to read it.
        sign_in_id = g.pop("seen", None)
        if sign_in_id is not None:
            with transaction(factory) as session:
                touch_sign_in(session, sign_in_id)


def on_the_way_in() -> bool:
    """Whether somebody signs in or out: nobody yet, and no lock may be held while a password is compared."""
    return request.blueprint == "sign_in" and request.method == "POST"


def _load(token: str) -> SignedIn | None:
    session: Session | None = g.get("db")
    if session is None:
        # A file that is not there: its error page needs to know nobody.
        return None
    now = clock.now(session)
    found = find_sign_in(session, token, now) or find_half_sign_in(session, token, now)
    return None if found is None else SignedIn(token, found)


def _act_as(row: Any) -> None:
    session: Session = g.db
    rights = rights_of(session, row.person_id)
    if row.strength is Strength.HALF or not rights.organisations:
        return
    actor = rights.acting_for(row.organisation_id)
    g.sign_in_id = row.id
    if row.strength is Strength.PASSWORD and rights.needs_second_factor:
        # Safety: mandates without duties, so that a page that forgets to look gives nothing away either.
        g.actor, g.confined = dataclasses.replace(actor, duties=frozenset()), True
        return
    g.actor, g.acting_for = actor, rights.organisations
    g.rights_changed = row.rights != rights.stamp
    if clock.now(session) - row.seen_at >= SIGN_IN_SEEN_EVERY:
        g.seen = row.id
