"""The network for programs: every operation behind a bearer token, never behind a cookie.

Safety: these addresses take no CSRF token, so nothing here may look at a cookie; who acts is told by the token alone.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

import members.api
import members.api.duty
import network_app.campaigns.api
import network_app.letters.api
import network_app.targets.api
import network_app.tracking.api
import network_app.votes.api
import urgent_appeals.api
from members.queries import actor_for_token
from members.rules.tokens import TOKEN_SEEN_EVERY
from members.use_cases.api_answers import Claim, claim_key, keep_answer
from members.use_cases.tokens import note_use_of_token
from network_app.core import clock
from network_app.core.db import transaction
from network_app.core.errors import NetworkError
from network_app.core.i18n import set_language
from network_app.core.permissions import require
from network_app.pages.answers import Answer
from network_app.pages.openapi import KEY, document
from network_app.pages.operations import Operation, Section
from network_app.pages.payload import PREFIX, Output
from network_app.pages.request import settings
from network_app.web import errors, problems

SECTIONS: tuple[Section, ...] = (
    members.api.api,
    network_app.targets.api.api,
    network_app.votes.api.api,
    urgent_appeals.api.api,
    network_app.letters.api.api,
    network_app.campaigns.api.api,
    network_app.tracking.api.api,
    members.api.duty.api,
)
KEY_FORM = re.compile(KEY)
# PostgreSQL's word for: somebody else changed these rows after you read them.
CHANGED_MEANWHILE = "40001"


def operations() -> list[Operation]:
    """Every operation there is."""
    return [operation for section in SECTIONS for operation in section.operations]


def blueprint(factory: sessionmaker[Session]) -> Blueprint:
    """Everything under /api/v1."""
    pages = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in operations():
        view = partial(_serve, operation)
        pages.add_url_rule(operation.path, operation.name, view, methods=[operation.method])
    pages.add_url_rule("/openapi.json", "openapi", _document, methods=["GET"])
    pages.register_error_handler(NetworkError, problems.of_refusal)
    pages.register_error_handler(ValidationError, problems.of_form)
    pages.register_error_handler(problems.Unknown, problems.of_unknown)
    pages.register_error_handler(problems.ScopeMissing, problems.of_scope)
    pages.register_error_handler(problems.BadHeader, problems.of_header)
    pages.register_error_handler(problems.Changed, problems.of_changed)
    pages.register_error_handler(OperationalError, _changed_meanwhile)
    pages.teardown_request(partial(_note_use, factory))
    return pages


def install(app: Flask, factory: sessionmaker[Session]) -> Blueprint:
    """Put the API into the web; the caller exempts what is returned from CSRF."""
    pages = blueprint(factory)
    app.register_blueprint(pages)
    return pages


@functools.cache
def _written(network: str, address: str) -> str:
    # Half a second of work that few ask for, and that never changes while a process runs.
    return json.dumps(document(SECTIONS, title=f"{network}: API", address=address), ensure_ascii=False)


def _document() -> Response:
    return _with_tag(Response(_written(settings().network_name, settings().public_url), mimetype="application/json"))


def _serve(operation: Operation, **place: Any) -> Response:
    if not operation.safe and request.if_match:
        _hold_what_is_read()
    _let_in(operation)
    if operation.permission is not None:
        require(g.actor, operation.permission)
    given = _given(operation) | place
    if operation.safe:
        return _read(operation, given)
    claim = _claim(operation)
    if claim is not None and claim.earlier is not None:
        return _answer(claim.earlier.status, claim.earlier.body or "", claim.earlier.location)
    _check_unchanged(operation, place)
    return _act(operation, given, claim)


# ---------------------------------------------------------------- who asks


def _let_in(operation: Operation) -> None:
    if operation.scope is None:
        return
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    holder = actor_for_token(g.db, token.strip()) if kind.lower() == "bearer" else None
    if holder is None:
        raise problems.Unknown()
    if "Accept-Language" not in request.headers:
        set_language(holder.actor.language)
    g.actor, g.token_id = holder.actor, holder.token_id
    if holder.last_used_at is None or clock.now(g.db) - holder.last_used_at >= TOKEN_SEEN_EVERY:
        g.note_token = holder.token_id
    if operation.scope not in holder.scopes:
        raise problems.ScopeMissing(operation.scope)


def _note_use(factory: sessionmaker[Session], _error: BaseException | None) -> None:
    token_id = g.pop("note_token", None)
    if token_id is not None:
        with transaction(factory) as session:
            note_use_of_token(session, token_id=token_id)


# ---------------------------------------------------------------- what is asked


def _given(operation: Operation) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if operation.asks is not None:
        given["asked"] = operation.asks.model_validate(request.args.to_dict())
    if operation.takes is not None:
        if request.mimetype != "application/json":
            raise UnsupportedMediaType()
        given["given"] = operation.takes.model_validate_json(_body(operation.largest))
    return given


def _body(largest: int) -> bytes:
    request.max_content_length = largest
    data = request.get_data(cache=True)
    if len(data) > largest:
        raise RequestEntityTooLarge()
    return data


def _claim(operation: Operation) -> Claim | None:
    """Hold the Idempotency-Key of this request, if it has one and a person stands behind it."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not KEY_FORM.fullmatch(key):
        raise problems.BadHeader("Idempotency-Key")
    if "token_id" not in g or not operation.kept:
        return None
    asked = "\n".join((request.method, request.full_path, request.get_data().decode(errors="replace")))
    return claim_key(g.db, token_id=g.token_id, key=key, request=asked)


# ---------------------------------------------------------------- what is answered


def _read(operation: Operation, given: dict[str, Any]) -> Response:
    shown: Output = operation.view(**given)
    answer = _with_tag(Response(shown.model_dump_json(), mimetype="application/json"))
    following = getattr(shown, "next", None)
    if following and operation.asks is not None and "after" in operation.asks.model_fields:
        asked = {**request.args.to_dict(), "after": following}
        answer.headers["Link"] = f'<{settings().public_url}{request.path}?{urlencode(asked)}>; rel="next"'
    return answer


def _act(operation: Operation, given: dict[str, Any], claim: Claim | None) -> Response:
    made = _carry_out(operation, given)
    body = made.model_dump_json() if made is not None else ""
    location = str(getattr(made, "href", "") or "")
    if claim is not None:
        g.db.flush()
        kept = made.again().model_dump_json() if made is not None else ""
        keep_answer(g.db, claim=claim, status=operation.status, body=kept, location=location)
    return _answer(operation.status, body, location)


def _carry_out(operation: Operation, given: dict[str, Any]) -> Output | None:
    """Run the act. A refusal is told only to those who may see what it is about: to others there is nothing."""
    try:
        with g.db.begin_nested():
            made: Output | None = operation.view(**given)
    except NetworkError:
        if operation.changes:
            _shown(operation.changes, given)
        raise
    return made


def _shown(name: str, place: dict[str, Any]) -> Output:
    """What the reading operation of this name shows of the same place. Raises NotFound where it shows nothing."""
    reading = next(each for each in operations() if each.name == name)
    if reading.permission is not None:
        require(g.actor, reading.permission)
    shown: Output = reading.view(**{key: value for key, value in place.items() if f"{key}>" in reading.path})
    return shown


def _answer(status: int, body: str, location: str) -> Response:
    answer = Response(body, status, mimetype="application/json")
    if status == 204:
        answer.headers.pop("Content-Type", None)
    if location:
        answer.headers["Location"] = location
    return answer


def _with_tag(answer: Response) -> Response:
    answer.headers["ETag"] = f'"{tag_of(answer.get_data())}"'
    answer.make_conditional(request)
    return answer


def tag_of(data: bytes) -> str:
    """The name of this state of a thing."""
    return hashlib.sha256(data).hexdigest()[:32]


# ---------------------------------------------------------------- If-Match


def _hold_what_is_read() -> None:
    # What is compared must still be so when the act changes it; SQLite lets one writer in at a time anyway.
    session: Session = g.db
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _check_unchanged(operation: Operation, place: dict[str, Any]) -> None:
    if not request.if_match or not operation.changes:
        return
    if tag_of(_shown(operation.changes, place).model_dump_json().encode()) not in request.if_match:
        raise problems.Changed()


def _changed_meanwhile(error: OperationalError) -> Answer:
    if getattr(error.orig, "sqlstate", None) != CHANGED_MEANWHILE:
        return errors.broken(error)
    return problems.of_changed(problems.Changed())
