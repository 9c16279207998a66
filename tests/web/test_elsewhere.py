"""What comes from another site, under another name, or by another door than the one that a route has, gets nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, login, make_organisation, make_person
from tests.web.crawling import Browser, Page
from tests.web.test_strangers import address, rules
from tests.web.walked import dump

OTHER_HOSTS = [
    "evil.test", "evil.test:8000", "127.0.0.1.evil.test", "evil.test#127.0.0.1", "evil.test@127.0.0.1",
    "127.0.0.1@evil.test", "127.0.0.1:8000@evil.test", "localhost", "LOCALHOST:8000", "0", "127.1", "2130706433",
    "[::1]", "[::ffff:127.0.0.1]", "127.0.0.2", "127.0.0.1 evil.test", "127.0.0.1,evil.test", "evil.test,127.0.0.1",
    "127.0.0.1\\.evil.test", "127.0.0.1/evil.test", "127.0.0.1?evil.test", "169.254.169.254", "xn--evil-hoa.test", "-",
]  # fmt: skip
FORWARDED = [
    {"X-Forwarded-Host": "evil.test"}, {"X-Forwarded-Host": "evil.test, 127.0.0.1"}, {"X-Host": "evil.test"},
    {"X-Forwarded-Server": "evil.test"}, {"X-HTTP-Host-Override": "evil.test"}, {"Forwarded": "host=evil.test"},
    {"Forwarded": "for=1.2.3.4;host=evil.test;proto=https"}, {"X-Original-URL": "/today"}, {"X-Rewrite-URL": "/today"},
    {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Port": "444"}, {"X-Forwarded-Prefix": "/evil.test"},
    {"X-Forwarded-Scheme": "https"}, {"X-Original-Host": "evil.test"}, {"X-Url-Scheme": "https"},
    {"Front-End-Https": "on"},
]  # fmt: skip
INSIDE = re.compile(r"^(/|http://127\.0\.0\.1:8000/)(?!/)[^\\]*$")
AWAY = "https://www.wikipedia.org/"
NEXT = [
    f"{name}={value}"
    for name in ("next", "url", "return_to", "redirect", "back", "continue")
    for value in (
        "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test", "https:///evil.test",
        "https://evil.test", "http://127.0.0.1@evil.test", "%2f%2fevil.test", "/%09/evil.test", "/%0d%0aLocation:x",
        "javascript:alert(1)", "data:text/html,x", "https://evil。test", "//3627734734", "////evil.test", ".evil.test",
        "@evil.test", "https:/\\evil.test", "%E3%80%82evil.test",
    )
]  # fmt: skip


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


def test_forty_forms_of_a_foreign_name_reach_no_page_and_no_address(app: Flask, settings: Settings) -> None:
    client = app.test_client()
    assert len(OTHER_HOSTS) + len(FORWARDED) == 40
    for host in OTHER_HOSTS:
        answer = client.get("/", base_url=settings.public_url, headers={"Host": host})
        assert answer.status_code == 400 and "evil" not in answer.text, host
    plain = client.get("/login", base_url=settings.public_url)
    for headers in FORWARDED:
        answer = client.get("/login", base_url=settings.public_url, headers=headers)
        assert "evil" not in answer.text and "evil" not in str(answer.headers), headers
        assert answer.status_code == plain.status_code and "https://127" not in answer.text, headers


def test_no_address_leads_outside(app: Flask, settings: Settings, member: Browser) -> None:
    assert len(NEXT) == 120
    for path in ("/login", "/", "/me", "/verify", "/file", "/r", "/brands"):
        for asked in NEXT if path == "/login" else NEXT[::20]:
            where = member.get(f"{path}?{asked}").headers.get("Location", "/")
            assert INSIDE.match(where), (path, asked, where)
    form = next(form for form in Page(Browser(app, settings.public_url).get("/login").text).forms if form.sent())
    assert not {"next", "url"} & set(form.sent())


def test_signing_in_leads_to_the_own_day_whatever_the_address_asked_for(app: Flask, settings: Settings) -> None:
    for asked in ("next=//evil.test", "next=https://evil.test"):
        browser = Browser(app, settings.public_url)
        form = next(each for each in Page(browser.get("/login").text).forms if each.action.startswith("/login"))
        answer = browser.post(f"/login?{asked}", **(form.sent() | login("member")))
        assert answer.status_code == 303 and INSIDE.match(answer.headers["Location"]), asked


def test_the_only_way_outside_is_the_way_out(app: Flask, member: Browser) -> None:
    for rule in rules(app):
        for method in ("GET", "POST"):
            answer = member.client.open(address(rule), method=method, base_url=member.address)
            where = answer.headers.get("Location", "/")
            assert INSIDE.match(where) or (rule.endpoint, where) == ("intake.leave", AWAY), (rule, where)


@pytest.mark.parametrize("said", ["cross-site", "same-site", "anything"])
def test_a_form_that_another_site_sends_is_refused_though_its_token_is_right(
    member: Browser, factory: sessionmaker[Session], said: str
) -> None:
    form = next(each for each in Page(member.get("/me").text).forms if each.action.endswith("/language"))
    before = dump(factory)
    for headers in (
        {"Sec-Fetch-Site": said},
        {"Origin": "https://evil.test"},
        {"Origin": "http://127.0.0.1.evil.test"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:evil"},
    ):
        answer = member.client.post(form.action, base_url=member.address, data=form.sent(), headers=headers)
        assert answer.status_code == 400, headers
    assert dump(factory) == before
    filed = member.client.post("/file", base_url=member.address, data={"step": "1"}, headers={"Sec-Fetch-Site": said})
    assert filed.status_code == 400


OWN_PLACE = {"Origin": "http://127.0.0.1:8000"}
OURS = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "null"}, OWN_PLACE]


@pytest.mark.parametrize("headers", OURS)
def test_a_form_of_our_own_is_taken(member: Browser, headers: dict[str, str]) -> None:
    form = next(each for each in Page(member.get("/me").text).forms if each.action.endswith("/language"))
    answer = member.client.post(form.action, base_url=member.address, data=form.sent(), headers=headers)
    assert answer.status_code == 303


def test_a_stranger_behind_the_proxy_is_one_source_whatever_it_writes(app: Flask, settings: Settings) -> None:
    from network_app.pages.request import source

    def seen(remote: str, forwarded: str) -> str:
        with app.test_request_context(
            base_url=settings.public_url, headers={"X-Forwarded-For": forwarded}, environ_base={"REMOTE_ADDR": remote}
        ):
            return source()

    # The proxy on this machine writes whom it saw at the end; anybody can write the beginning.
    assert seen("127.0.0.1", "6.6.6.6, 203.0.113.9") == seen("127.0.0.1", "7.7.7.7, 203.0.113.9") == "203.0.113.9"
    assert seen("127.0.0.1", "203.0.113.1") != seen("127.0.0.1", "203.0.113.2")
    # Whoever comes without the proxy is believed nothing.
    assert seen("203.0.113.7", "1.1.1.1") == seen("203.0.113.7", "2.2.2.2") == "203.0.113.7"
