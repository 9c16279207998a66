"""Who is not signed in, not allowed, or sent here by another page gets nothing and changes nothing."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.web.app import PUBLIC, PUBLIC_BLUEPRINTS, WITHOUT_CSRF, create_app
from tests.factories.whole import Whole
from tests.web.crawling import Browser
from tests.web.reading import without_noise
from tests.web.walked import dump
from urgent_appeals.models import Appeal

# What anybody may read without a paper or a password. A new public page has to be added here on purpose.
OPEN_TO_ALL = {
    "static",
    "front.front",
    "front.healthz",
    "front.readyz",
    "front.metrics",
    "sign_in.login",
    "sign_in.code",
    "sign_in.recovery",
    "intake.start",
    "intake.leave",
    "intake.come_back",
    "word.demands",
    "letters.verify",
    "letters.verify_json",
    "letters.verify_form",
}

# What a link opens that somebody was given; a link that was made up is answered like any other.
OPEN_WITH_A_LINK = {"applying.stand", "members.invited", "sign_in.stop"}

# What a program may read without a token.
OPEN_TO_PROGRAMS = {"api.openapi", "api.letters_verify"}


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    return create_app(settings, factory)


@pytest.fixture
def stranger(app: Flask, settings: Settings) -> Browser:
    return Browser(app, settings.public_url)


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def address(rule: Rule) -> str:
    """An address of this route, with references that name nothing."""
    filled = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    filled = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), filled)
    filled = filled.replace("<path:filename>", "style.css").replace("<sha256>", "0" * 64).replace("<kind>", "pdf")
    return re.sub(r"<\w+>", "NONE-1", filled)


def is_public(endpoint: str) -> bool:
    return endpoint in PUBLIC or endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS


def is_for_programs(rule: Rule) -> bool:
    return str(rule.endpoint).startswith("api.")


def asks_to_sign_in(answer: object) -> bool:
    return getattr(answer, "status_code", 0) == 303 and getattr(answer, "headers", {}).get("Location") == "/login"


def test_a_stranger_reads_what_is_public_and_is_asked_to_sign_in_everywhere_else(app: Flask, stranger: Browser) -> None:
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        answer = stranger.get(address(rule))
        if is_for_programs(rule):
            assert answer.status_code == (200 if rule.endpoint in OPEN_TO_PROGRAMS else 401), rule
        elif rule.endpoint in OPEN_TO_ALL:
            assert answer.status_code in (200, 302, 303), rule
            assert not asks_to_sign_in(answer) or rule.endpoint == "front.front", rule
        elif rule.endpoint in OPEN_WITH_A_LINK:
            assert answer.status_code in (200, 404, 410), rule
        else:
            assert asks_to_sign_in(answer), rule
    pages = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and not is_for_programs(rule)]
    assert {rule.endpoint for rule in pages if is_public(rule.endpoint)} == OPEN_TO_ALL | OPEN_WITH_A_LINK


def test_no_form_from_elsewhere_is_taken(app: Flask, settings: Settings, factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        Whole(session)
    exempt = {blueprint.name for blueprint in WITHOUT_CSRF}
    assert exempt == {"intake"}
    visitor, member = Browser(app, settings.public_url), Browser(app, settings.public_url)
    member.sign_in("triage")
    before = dump(factory)
    for rule in rules(app):
        if not {"POST", "PUT", "PATCH", "DELETE"} & set(rule.methods or ()):
            continue
        for browser in (visitor, member):
            if rule.endpoint.partition(".")[0] in exempt:
                continue
            answer = browser.post(address(rule), csrf_token="invented", position="agree", text="words")
            if is_for_programs(rule):
                # No cookie counts there, so there is nothing that a form from elsewhere could borrow.
                assert answer.status_code == 401, rule
                continue
            assert answer.status_code == 400 or asks_to_sign_in(answer), (rule, answer.status_code)
            if browser is member:
                assert answer.status_code == 400, rule
    assert dump(factory) == before


def test_what_does_not_exist_and_what_is_not_open_look_the_same(
    app: Flask, settings: Settings, factory: sessionmaker[Session]
) -> None:
    with transaction(factory) as session:
        whole = Whole(session)
    outsider = Browser(app, settings.public_url)
    outsider.sign_in("asked")
    with factory() as session:
        hidden = [appeal.ref for appeal in session.scalars(select(Appeal)) if appeal.ref != whole.world.ref]
    assert len(hidden) > 2
    bare = outsider.get("/appeals/UA-NONE")
    assert bare.status_code == 404 and "UA-NONE" not in bare.text
    for ref in hidden:
        for end in ("", "/fan-out", "/targets", "/demands", "/close", "/record", "/texts/network"):
            answer = outsider.get(f"/appeals/{ref}{end}")
            assert (answer.status_code, without_noise(answer.text)) == (404, without_noise(bare.text)), (ref, end)
