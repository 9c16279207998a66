"""Web and API are held together: what can be done on a page can be done by a program, or here stands why not."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.web.api import SECTIONS, operations
from network_app.web.app import create_app

WAY_IN = "a way in or out: a program has its token, and must not be able to make itself another way"
OWN_BROWSERS = "about a person's own browsers and chats; a stolen program must not touch them"
A_WORKERS_PAGE = "the page behind a receipt, for the workers' own hands: its number must not stand in programs"
A_STEP_OF_FILING = "a step of the form; a program files in one request"
FOR_STRANGERS = "an invitation is taken up by a person, in a browser"
NO_THING = "no thing of the network: a page of help, of forms to fill in, or for operators"

WEB_ONLY = {
    **dict.fromkeys(
        (
            "members.confirm_new_app",
            "members.keep_new_passkey",
            "members.new_app",
            "members.paper_codes",
            "members.password",
            "members.remove_my_app",
            "members.remove_my_passkey",
            "members.stop_vouching",
            "members.vouch_now",
            "members.new_token",
            "members.end_token",
            "members.switch",
        ),
        WAY_IN,
    ),
    **dict.fromkeys(
        ("members.end_other_sign_ins", "members.end_sign_in", "members.link_code", "members.unlink"), OWN_BROWSERS
    ),
    **dict.fromkeys(("members.join", "members.accept"), FOR_STRANGERS),
    "intake.kept": A_STEP_OF_FILING,
}
WEB_ONLY_BLUEPRINTS = {"applying": FOR_STRANGERS, "sign_in": WAY_IN, "recovery": WAY_IN, "word": A_WORKERS_PAGE}
# Of the intake, what stands behind a receipt.
BEHIND_A_RECEIPT = "/r"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """The whole web."""
    return create_app(settings, factory)


def unsafe_endpoints(app: Flask) -> set[str]:
    """Every page of the web that changes something."""
    found = set()
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if rule.methods and rule.methods & UNSAFE and blueprint != "api":
            found.add(rule.endpoint)
    return found


def is_web_only(app: Flask, endpoint: str) -> bool:
    """Whether a reason stands above."""
    rules = [rule.rule for rule in app.url_map.iter_rules(endpoint)]
    behind = endpoint.startswith("intake.") and all(rule.startswith(BEHIND_A_RECEIPT) for rule in rules)
    return endpoint in WEB_ONLY or endpoint.partition(".")[0] in WEB_ONLY_BLUEPRINTS or behind


def test_whatever_a_page_does_a_program_can_do_or_a_reason_stands_here(app: Flask) -> None:
    covered = {endpoint for operation in operations() if not operation.safe for endpoint in operation.web}
    acts = unsafe_endpoints(app)
    missing = {endpoint for endpoint in acts - covered if not is_web_only(app, endpoint)}
    assert not missing, f"no operation, and no reason: {sorted(missing)}"
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    named = {endpoint for operation in operations() for endpoint in operation.web}
    assert named <= known, f"operations for pages that are gone: {sorted(named - known)}"
    assert set(WEB_ONLY) <= acts - covered, "a reason for what is gone, or has an operation"


def test_every_operation_is_named_once_and_says_what_it_does() -> None:
    assert [name for name, times in Counter(operation.name for operation in operations()).items() if times > 1] == []
    assert [operation.name for operation in operations() if not operation.summary.endswith(".")] == []
    paths = Counter((operation.method, operation.path) for operation in operations())
    assert [path for path, times in paths.items() if times > 1] == []


def test_every_operation_but_the_check_of_a_letter_needs_a_token() -> None:
    assert [operation.name for operation in operations() if operation.scope is None] == ["letters_verify"]


def test_reading_never_needs_the_scope_of_an_act() -> None:
    for operation in operations():
        if operation.scope is not None:
            assert operation.safe == operation.scope.value.endswith(":read"), operation.name


def test_a_program_reads_again_what_it_may_change_blindly_otherwise() -> None:
    reads = {operation.name for section in SECTIONS for operation in section.operations if operation.safe}
    for operation in operations():
        assert not operation.changes or operation.changes in reads, operation.name
        # Whoever may not see a case must not learn from the refusal of an act that there is one.
        assert operation.safe or "<ref>" not in operation.path or operation.changes, operation.name


def test_the_document_holds_every_operation_and_nothing_else(app: Flask, settings: Settings) -> None:
    document = app.test_client().get("/api/v1/openapi.json", base_url=settings.public_url).get_json()
    written = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert written == {operation.name for operation in operations()}
    rules = [rule.endpoint for rule in app.url_map.iter_rules()]
    served = {endpoint.removeprefix("api.") for endpoint in rules if endpoint.startswith("api.")}
    assert served == written | {"openapi"}
