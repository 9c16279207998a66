"""What every answer tells the browser: nothing from elsewhere, nothing kept, nothing guessed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, make_organisation, make_person
from tests.web.crawling import Browser
from tests.web.test_strangers import address, rules

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    with transaction(factory) as session:
        make_person(session, make_organisation(session), handle="member", password=PASSWORD)
    return create_app(settings, factory)


@pytest.fixture
def member(app: Flask, settings: Settings) -> Browser:
    browser = Browser(app, settings.public_url)
    browser.sign_in("member")
    return browser


def check(answer: TestResponse, where: str) -> None:
    check_headers(dict(answer.headers), where)


def check_headers(headers: Mapping[str, str], where: str) -> None:
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, where
    assert "unsafe-eval" not in policy and ("unsafe-inline" not in policy or "sandbox" in policy), where
    assert "http:" not in policy and "https:" not in policy and "*" not in policy, where
    if "sandbox" not in policy:
        for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert rule in policy, where
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["Referrer-Policy"] == "no-referrer", where
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert headers["Permissions-Policy"], where
    open_to_all = where.startswith(("GET /static", "GET /verify/<sha256>"))
    assert headers["Cache-Control"] == "no-store" or open_to_all, where
    # Werkzeug's own server names itself; what we add names nobody.
    assert "X-Powered-By" not in headers, where


def test_every_answer_of_every_route_says_it(app: Flask, settings: Settings, member: Browser) -> None:
    stranger = Browser(app, settings.public_url)
    for rule in rules(app):
        for method in ("GET", "POST"):
            for browser in (stranger, member):
                answer = browser.client.open(address(rule), method=method, base_url=settings.public_url)
                check(answer, f"{method} {rule}")
                assert answer.status_code != 500, f"{method} {rule}"
                if answer.mimetype == "text/html":
                    assert not INLINE.search(answer.text), f"{method} {rule}"


@pytest.mark.parametrize("path", ["/nothing", "/%00", "/..%2f..%2fetc/passwd", "/static/../config.py", "/%E2%80%AE"])
def test_an_address_that_is_none_says_it_too(member: Browser, path: str) -> None:
    answer = member.get(path)
    check(answer, path)
    assert answer.status_code == 404


def test_a_host_that_is_not_ours_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/", base_url="http://evil.test")
    assert answer.status_code == 400 and "evil.test" not in answer.text


def test_the_session_cookie_is_for_the_browser_alone(member: Browser) -> None:
    browser = Browser(member.app, member.address)
    page = browser.get("/login")
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_over_tls_the_cookie_is_bound_to_the_host_and_the_browser_stays_with_tls(
    settings: Settings, factory: sessionmaker[Session]
) -> None:
    outside = dataclasses.replace(settings, public_url="https://network.example")
    answer = create_app(outside, factory).test_client().get("/login", base_url=outside.public_url)
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=") and "Secure" in cookie and "Domain" not in cookie


def test_a_body_that_is_too_large_is_refused_in_words(member: Browser) -> None:
    answer = member.client.post(
        "/file", base_url=member.address, data=b"x" * (31 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )
    check(answer, "POST /file")
    assert answer.status_code == 413 and "25 MB" in answer.text
