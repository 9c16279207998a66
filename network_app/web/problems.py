"""A refusal as programs read it (RFC 9457): a status, a code that stays, and the sentence in the asked language."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from network_app.core.errors import Conflict, GateShut, Invalid, NetworkError, NotAllowed, NotFound, TooMany
from network_app.core.i18n import LazyText, lazy
from network_app.core.scopes import Scope
from network_app.pages.openapi import Problem, Wrong

CODES: dict[type[NetworkError], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    # Safety: "you may not" would tell that it exists.
    NotAllowed: (404, "not_found"),
    Invalid: (422, "invalid"),
    GateShut: (409, "gate_shut"),
    Conflict: (409, "conflict"),
    TooMany: (429, "too_many"),
}
COME_BACK_IN = "300"
MOST_FIELDS = 20
HTTP: dict[int, tuple[str, LazyText]] = {
    400: ("malformed", lazy("This is not in the form that the document about this address asks for.")),
    404: ("not_found", NotFound.default),
    405: ("method_not_allowed", lazy("This address is not used with this method.")),
    413: ("too_large", lazy("What you sent is too large.")),
    415: ("not_json", lazy("Please send this as application/json.")),
    500: ("broken", lazy("Something broke on our side. It was noted. Please try again in a few minutes.")),
}
OF_KIND: dict[str, LazyText] = {
    "missing": lazy("Please fill this in."),
    "extra_forbidden": lazy("There is no such field here."),
    "string_too_long": lazy("This is too long."),
    "json_invalid": lazy("This is not JSON."),
}
OTHERWISE = lazy("This value does not have the form that is asked for.")


class Unknown(Exception):
    """No token, or one that opens nothing any more."""


class ScopeMissing(Exception):
    """The token was not made for this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.value)
        self.scope = scope


class BadHeader(Exception):
    """A header that does not have the form that the document asks for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Changed(Exception):
    """What the program saw is not what there is now."""


def for_programs() -> bool:
    """Whether whoever asks is a program, by the address."""
    return request.path.startswith("/api/")


def problem(status: int, code: str, detail: LazyText | str, errors: list[Wrong] | None = None) -> Response:
    """One refusal."""
    said = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(detail),
        code=code,
        errors=errors,
    )
    return Response(said.model_dump_json(exclude_none=True), status, mimetype="application/problem+json")


def of_refusal(error: NetworkError) -> Response:
    """What a use case refused. Safety: of what may not be known of, nothing is said but that."""
    status, code = CODES.get(type(error), (400, "malformed"))
    if status == 404:
        return problem(404, code, NotFound.default)
    wrong = [Wrong(field=error.field, detail=str(error))] if error.field else None
    answer = problem(status, code, str(error), wrong)
    if status == 429:
        answer.headers["Retry-After"] = COME_BACK_IN
    return answer


def of_form(error: ValidationError) -> Response:
    """What does not have the form that the document asks for, field by field. Nothing that was sent is repeated."""
    wrong = [
        Wrong(field=".".join(map(str, each["loc"]))[:200], detail=str(OF_KIND.get(each["type"], OTHERWISE)))
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:MOST_FIELDS]
    ]
    return problem(400, *HTTP[400], wrong)


def of_header(error: BadHeader) -> Response:
    """Which header."""
    return problem(400, *HTTP[400], [Wrong(field=error.name, detail=str(OTHERWISE))])


def of_http(error: HTTPException) -> Response:
    """What Flask refused before any operation was found."""
    status = error.code or 500
    code, detail = HTTP.get(status, HTTP[400 if 400 <= status < 500 else 500])
    answer = problem(status, code, detail)
    allowed = getattr(error, "valid_methods", None)
    if status == 405 and allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def of_unknown(_error: Unknown) -> Response:
    """Nobody that we know."""
    detail = lazy("This token opens nothing: it is missing, mistyped, expired or ended, or its mandates have ended.")
    answer = problem(401, "unknown_token", detail)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer


def of_scope(error: ScopeMissing) -> Response:
    """Refused before anything was looked for, so it tells nothing about what there is."""
    message = lazy("This token was not made for this. It needs the scope %(scope)s.") % {"scope": error.scope.value}
    answer = problem(403, "missing_scope", message)
    answer.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope.value}"'
    return answer


def of_changed(_error: Changed) -> Response:
    """Read it again first."""
    return problem(412, "changed", lazy("This has changed since you read it. Read it again, then decide."))
