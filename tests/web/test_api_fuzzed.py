"""Nothing that a program can send makes the API break, accept what it should not, or answer in an unknown form."""

from __future__ import annotations

import jsonschema_rs
import pytest
from flask import Flask
from schemathesis.specs.openapi.definitions import OPENAPI_31
from sqlalchemy.orm import Session, sessionmaker

from members.queries import actor_for
from network_app.core.config import Settings
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.whole import Whole
from tests.web.fuzzing import failures
from tests.web.programs import Program, make_token_for


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session], clock: MovableClock) -> Flask:
    """The whole web, with one of everything behind it."""
    clock.may_be_moved()
    application = create_app(settings, factory)
    # Schemathesis asks under a name of its own.
    application.config["TRUSTED_HOSTS"] = None
    return application


@pytest.fixture
def program(app: Flask, settings: Settings, factory: sessionmaker[Session]) -> Program:
    """The program of somebody with every duty."""
    with factory.begin() as session:
        own = Whole(session).people["triage"]
        person = actor_for(session, own.own_person(), own.own_organisation())
        _, secret = make_token_for(session, person)
    return Program(app, settings.public_url, secret)


@pytest.mark.timeout(600)
def test_schemathesis_finds_nothing(app: Flask, program: Program, settings: Settings) -> None:
    # The second database gets a look at everything; the first one is searched.
    examples = 2 if settings.database_url.startswith("sqlite") else 1
    found = list(failures(app, program, examples=examples))
    assert not found, "\n".join(found[:20])


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_schemathesis_finds_nothing_in_a_long_search(app: Flask, program: Program) -> None:
    found = list(failures(app, program, examples=100))
    assert not found, "\n".join(found[:50])


def test_the_document_is_openapi_3_1(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1.")
    jsonschema_rs.validate(OPENAPI_31, document)
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
