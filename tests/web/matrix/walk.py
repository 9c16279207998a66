"""Asks every route as every role for every case, each time as if nothing had been asked before.

What a request writes is rolled back, so that thousands of requests share one database.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from wtforms import Field, HiddenField, SelectFieldBase

from network_app.core.audit import ChainLink
from network_app.core.config import Settings
from network_app.core.outbox import Outgoing
from network_app.pages import forms
from network_app.pages.request import TOKEN
from network_app.web.api import operations
from network_app.web.app import create_app
from tests.factories.urgent_appeals import a_photo
from tests.web.matrix.scene import ROLES, Scene
from tests.web.reading import without_noise
from urgent_appeals.routes.open_receipt import KEY, OPEN_FOR_SECONDS

CANARY = re.compile(r"canary\.([a-z-]+\.[a-z-]+\.[a-z]+)\.")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# The letters of the table.
LETTERS = {200: "2", 201: "2", 204: "2", 400: "b", 401: "L", 404: "x", 409: "c", 422: "f", 429: "m", 503: "2"}


@dataclass(frozen=True)
class Seen:
    """One answer, shortened to what the tables need."""

    method: str
    endpoint: str
    role: str
    which: str
    status: int
    letter: str
    kind: str
    text: str
    changed: bool
    canaries: frozenset[str] = frozenset()

    @property
    def page(self) -> str:
        """What it says, without what is different at each request."""
        return without_noise(self.text)


class Sessions:
    """The application's sessions: on the database itself, or inside one transaction that is thrown away."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.ordinary = engine, sessionmaker(engine, expire_on_commit=False)
        self.inside: sessionmaker[Session] | None = None

    def __call__(self) -> Session:
        return (self.inside or self.ordinary)()

    @contextmanager
    def thrown_away(self) -> Iterator[sessionmaker[Session]]:
        """Everything that is committed meanwhile is gone afterwards."""
        with self.engine.connect() as connection:
            whole = connection.begin()
            self.inside = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
            try:
                yield self.inside
            finally:
                self.inside = None
                whole.rollback()


@dataclass
class Walker:
    """Sends requests as anybody."""

    app: Flask
    sessions: Sessions
    scene: Scene
    settings: Settings
    # The same before every request, for what each writes is thrown away.
    before: tuple[int, int]

    def cookie(self, role: str) -> dict[str, str]:
        """The headers of this role's browser, with a valid form token."""
        held: dict[str, Any] = {"csrf_token": hashlib.sha1(role.encode()).hexdigest()}  # noqa: S324  # as Flask-WTF
        if role in self.scene.tokens:
            held |= {TOKEN: self.scene.tokens[role], "_permanent": True}
        if role == "filer" and self.scene.receipt_id:
            held[KEY] = {"id": self.scene.receipt_id.hex, "until": int(time.time()) + OPEN_FOR_SECONDS}
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        name = self.app.config["SESSION_COOKIE_NAME"]
        token = URLSafeTimedSerializer(self.settings.secret_key, salt="wtf-csrf-token").dumps(held["csrf_token"])
        return {
            "Cookie": f"{name}={serializer.dumps(held)}",
            "X-CSRFToken": str(token),
            "Sec-Fetch-Site": "same-origin",
        }

    def headers(self, role: str, endpoint: str) -> dict[str, str]:
        """What this role's browser or program sends along."""
        if endpoint.startswith("api"):
            token = self.scene.programs.get(role)
            return {"Authorization": f"Bearer {token}"} if token else {}
        return self.cookie(role)

    def ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> TestResponse:
        """One request as it stands."""
        client = self.app.test_client(use_cookies=False)
        return client.open(path, method=method, base_url=self.settings.public_url, headers=headers, **more)

    def see(self, rule: Rule, method: str, role: str, which: str, place: dict[str, Any]) -> Seen:
        """Ask for one route as one role; what it wrote is gone afterwards."""
        path = self.address(rule, place)
        headers = self.headers(role, rule.endpoint)
        changed = False
        if method in UNSAFE:
            more = body_of(rule.endpoint, headers)
            with self.sessions.thrown_away() as inside:
                answer = self.ask(method, path, headers, **more)
                changed = marks(inside) != self.before
        else:
            answer = self.ask(method, path, headers)
        return seen(answer, rule.endpoint, method, role, which, changed)

    def address(self, rule: Rule, place: dict[str, Any]) -> str:
        """The path of this route."""
        adapter = self.app.url_map.bind("")
        return str(adapter.build(rule.endpoint, place, method=next(iter(rule.methods or ())), force_external=False))


def seen(answer: TestResponse, endpoint: str, method: str, role: str, which: str, changed: bool) -> Seen:
    """Shorten an answer."""
    status, where = answer.status_code, answer.headers.get("Location", "")
    letter = LETTERS.get(status, "?")
    if status in (302, 303):
        letter = "L" if where == "/login" else "r" if where == "/r" and role != "filer" else "3"
    kind = answer.mimetype or ""
    is_text = kind.startswith("text/") or "json" in kind
    text = answer.get_data(as_text=True) if is_text else ""
    found = frozenset(CANARY.findall(text))
    return Seen(method, endpoint, role, which, status, letter, kind, text, changed, found)


def marks(factory: sessionmaker[Session]) -> tuple[int, int]:
    """What tells that something happened: the length of all chains, and the messages that wait."""
    both = [select(func.count()).select_from(kind).scalar_subquery() for kind in (ChainLink, Outgoing)]
    with factory() as session:
        links, waiting = session.execute(select(*both)).one()
        return links, waiting


# What the ordinary guess of a field would not do for.
WITH_PHOTO = ("appeals.give_evidence", "intake.add")
BODIES: dict[str, dict[str, Any]] = {
    "appeals.withdraw": {"use": "share_with_network"},
    "intake.take_consent_back": {"use": "share_with_network"},
    "intake.go_on": {"step": "1"},
    "targets.claim": {"brand": "Nike Inc."},
    "remedy.name_by_hand": {"company": "Nike Inc."},
    "votes.open_proposal": {"days": "10"},
    "members.grant": {"handle": "far0"},
    "response.opt_out": {"company": ""},
    "members.password": {"old": "violets over the gate", "new": "a long enough new password"},
}


def body_of(endpoint: str, headers: dict[str, str]) -> dict[str, Any]:
    """What is sent to a route beyond what the fields of forms are filled with by themselves."""
    if not endpoint.startswith("api."):
        photo = {"photo": (io.BytesIO(a_photo()), "p.jpg")} if endpoint in WITH_PHOTO else {}
        return {"data": BODIES.get(endpoint, {}) | photo | {"csrf_token": headers["X-CSRFToken"]}}
    takes = next((each.takes for each in operations() if f"api.{each.name}" == endpoint), None)
    said = example(takes.model_json_schema()) if takes is not None else {}
    return {"json": said | BODIES.get(endpoint, {})} if takes is not None else {}


def example(schema: dict[str, Any], whole: dict[str, Any] | None = None) -> Any:
    """A value that fits a JSON schema, with every field filled in."""
    whole = whole or schema
    if "$ref" in schema:
        return example(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    options = [each for each in schema.get("anyOf", schema.get("allOf", [])) if each.get("type") != "null"]
    if options:
        return example(options[0], whole)
    if schema.get("type") == "object":
        return {name: example(each, whole) for name, each in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [example(schema["items"], whole)]
    by_type = {"integer": max(3, schema.get("minimum", 0)), "number": 3, "boolean": True}
    return by_type.get(schema.get("type", ""), _text_for(schema))


def _text_for(schema: dict[str, Any]) -> str:
    by_format = {"date": "2020-07-01", "date-time": "2030-07-01T00:00:00Z", "uuid": str(uuid.UUID(int=1))}
    by_pattern = {"^[A-Z]{2}$": "KH", "^[A-Z]{3}$": "USD"}
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    if schema.get("format") in ("binary", "base64", "base64url") or "contentEncoding" in schema:
        return base64.b64encode(a_photo()).decode()
    pattern = schema.get("pattern", "")
    return by_pattern.get(pattern, "12.50" if "0-9" in pattern else "Words"[: schema.get("maxLength", 5)])


def fill_in(form: Any) -> None:
    """Give every field that was not sent a value that it takes."""
    for each in form:
        if each.raw_data or each.name == "csrf_token":
            continue
        value = plausible(each)
        if value is not None:
            each.process(MultiDict([(each.name, value)]))


def plausible(each: Field) -> str | None:
    """A value for a field by its kind."""
    if isinstance(each, SelectFieldBase):
        return next((str(value) for value, *_ in getattr(each, "choices", None) or () if value), None)
    for kind, value in ((forms.Count, "3"), (forms.Money, "12.50"), (forms.Day, "2020-07-01"), (forms.Tick, None)):
        if isinstance(each, kind):
            return value
    if isinstance(each, forms.Photo):
        return None
    if isinstance(each, HiddenField):
        return str(each.data) if each.data else "1"
    return "USD" if each.name.endswith("currency") else f"Words for {each.short_name}"


@contextmanager
def filled_forms() -> Iterator[None]:
    """While it lasts, every form that is posted is filled in: routes are asked for rights, not for fields."""
    ordinary = forms.Form.validate

    def validate(form: Any, *args: Any, **kwargs: Any) -> bool:
        fill_in(form)
        return bool(ordinary(form, *args, **kwargs))

    forms.Form.validate = validate
    try:
        yield
    finally:
        forms.Form.validate = ordinary


def make_walker(settings: Settings, engine: Engine, scene: Scene) -> Walker:
    """An application over the scene's database."""
    sessions = Sessions(engine)
    app = create_app(settings, sessions)  # type: ignore[arg-type]  # it only calls what it is given
    return Walker(app, sessions, scene, settings, marks(sessions.ordinary))


def routes_of(app: Flask) -> list[Rule]:
    """Every route once; of several addresses of one view the one that names most."""
    found: dict[tuple[str, frozenset[str]], Rule] = {}
    for rule in app.url_map.iter_rules():
        key = (rule.endpoint, frozenset(rule.methods or ()))
        if key not in found or len(rule.arguments) > len(found[key].arguments):
            found[key] = rule
    return [found[key] for key in sorted(found, key=lambda key: (key[0], sorted(key[1])))]


def methods_of(rule: Rule) -> list[str]:
    """The methods that a route is made for."""
    return sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})


# Where the holder of a receipt is more than a stranger.
FOR_FILERS = ("intake", "word", "front", "letters.verify")


def roles_for(endpoint: str, which: str) -> tuple[str, ...]:
    """Who is asked for this. Whoever may do nothing meets the same wall in front of everything: once is enough."""
    if which != "own" and not endpoint.startswith(FOR_FILERS):
        return ("organiser", "delegate", "coalition", "keeper", "secretariat")
    return tuple(role for role in ROLES if role != "filer" or endpoint.startswith(FOR_FILERS))
