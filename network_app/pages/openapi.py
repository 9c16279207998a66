"""The document about the API: OpenAPI 3.1, written from the operations themselves, so that it cannot be out of date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from network_app.core.i18n import LANGUAGES, PSEUDO
from network_app.pages.operations import Operation, Section
from network_app.pages.payload import PREFIX, Output

Refs = Mapping[Any, dict[str, Any]]
PLACE = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
KEY = r"^[A-Za-z0-9_.:-]{8,100}$"
REFUSALS = {
    400: "The request does not have the form that this document asks for.",
    401: "The token is missing, unknown, expired, ended, or its mandates have ended.",
    403: "The token lacks the scope that this operation needs; the answer names it.",
    404: "There is nothing here, or it is not open to you: the two look the same.",
    405: "Not this method.",
    409: "Somebody else was first, or a condition of the network's rules is not met; the answer says which.",
    412: "What you saw has changed meanwhile (If-Match).",
    413: "The body is too large.",
    415: "The body must be application/json.",
    422: "The form is right, and the network's rules refuse the content; the answer names the field.",
    429: "Too many tries. Retry-After says when to come back.",
    500: "Something broke on our side. It was noted.",
}


class Wrong(Output):
    """One field that needs another look."""

    field: str
    detail: str


class Problem(Output):
    """Why not, in the language of Accept-Language (RFC 9457). It says nothing about a case."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Wrong] | None = None


def document(sections: Sequence[Section], *, title: str, address: str) -> dict[str, Any]:
    """Write the document. `address` is where the network's web stands."""
    operations = [operation for section in sections for operation in section.operations]
    refs, schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = PLACE.sub(r"{\3}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": ABOUT},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": f"{address}{PREFIX}"}],
        "tags": [{"name": section.name, "description": section.about} for section in sections],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {f"Problem{status}": _refusal(status, words) for status, words in REFUSALS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": ABOUT_TOKENS}},
        },
        "security": [{"token": []}],
    }


ABOUT = (
    "Everything that the network's web can do, for programs. A program acts for one organisation under the mandates "
    "of the person who made its token, and what the person may not see does not exist for it. "
    "Lists come page by page: follow `next`. Acts take an Idempotency-Key, so that a repeated request changes nothing."
)
ABOUT_TOKENS = "Made by a person on the page /me/tokens, shown once."


def _described(operation: Operation, refs: Refs) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.section],
        "summary": operation.summary,
        "parameters": [*_places(operation), *_asked(operation), *_headers(operation)],
        "responses": _answers(operation, refs),
    }
    if operation.takes is not None:
        body = {"application/json": {"schema": refs[operation.takes]}}
        described["requestBody"] = {"required": True, "content": body}
    if operation.scope is None:
        described["security"] = []
    else:
        described["x-scope"] = operation.scope.value
    if operation.permission is not None:
        described["x-permission"] = operation.permission.value
    return described


def _places(operation: Operation) -> Iterable[dict[str, Any]]:
    for kind, options, name in PLACE.findall(operation.path):
        schema: dict[str, Any] = {"type": "string"}
        if kind == "uuid":
            schema["format"] = "uuid"
        elif kind == "any":
            schema["enum"] = [option.strip() for option in options.split(",")]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _asked(operation: Operation) -> Iterable[dict[str, Any]]:
    if operation.asks is None:
        return
    schema = operation.asks.model_json_schema(ref_template="#/components/schemas/{model}")
    known = schema.get("$defs", {})
    for name, each in schema.get("properties", {}).items():
        described = each.pop("description", None)
        # A query parameter is never null, it is left out.
        kinds: list[dict[str, Any]] = [kind for kind in each.get("anyOf", [each]) if kind.get("type") != "null"]
        plain = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        if "$ref" in plain:
            named = str(plain["$ref"]).rpartition("/")[2]
            plain = {key: value for key, value in known[named].items() if key != "title"}
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": plain}
        yield parameter | ({"description": described} if described else {})


def _headers(operation: Operation) -> Iterable[dict[str, Any]]:
    spoken = [code for code in LANGUAGES if code != PSEUDO]
    yield _header("Accept-Language", "The language of sentences in the answer.", {"type": "string", "examples": spoken})
    if operation.safe:
        yield _header("If-None-Match", "The ETag of what you have; if it is the same, the answer is 304.")
        return
    key = {"type": "string", "pattern": KEY}
    yield _header("Idempotency-Key", "A new one for each act. The same again within 24 hours is answered alike.", key)
    if operation.changes:
        yield _header("If-Match", "The ETag of what you saw; the act is refused with 412 if it has changed.")


def _header(name: str, words: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": words, "schema": schema or {"type": "string"}}


def _answers(operation: Operation, refs: Refs) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done." if operation.gives is None else "Here it is."}
    if operation.gives is not None:
        good["content"] = {"application/json": {"schema": refs[operation.gives]}}
    answers: dict[str, Any] = {str(operation.status): good}
    if operation.safe:
        good["headers"] = {"ETag": {"description": "Names this state of it.", "schema": {"type": "string"}}}
        answers["304"] = {"description": "You have it already."}
    for status in refusals_of(operation):
        answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return answers


def refusals_of(operation: Operation) -> list[int]:
    """Which refusals an operation can give."""
    left_out = set()
    if operation.scope is None:
        left_out |= {401, 403}
    if operation.safe:
        left_out |= {409, 412, 413, 415}
    if not operation.changes:
        left_out.add(412)
    return [status for status in REFUSALS if status not in left_out]


def _refusal(status: int, words: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {"Retry-After": {"schema": {"type": "string"}}} if status == 429 else {}
    return {"description": words, "content": content} | ({"headers": headers} if headers else {})


def _schemas(operations: Iterable[Operation]) -> tuple[Refs, dict[str, Any]]:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for operation in operations:
        models += [(operation.takes, "validation")] if operation.takes else []
        models += [(operation.gives, "serialization")] if operation.gives else []
    refs, found = models_json_schema(list(dict.fromkeys(models)), ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = found["$defs"]
    return {model: ref for (model, _mode), ref in refs.items()}, schemas
