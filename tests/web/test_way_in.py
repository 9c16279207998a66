"""The door on the web: two steps, the same words for everybody, and only the way to a second factor without one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from members.queries import person_by_handle
from members.rules import WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE
from members.rules.codes import code_at, step_of
from members.use_cases import passwords
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import grant_mandate
from network_app.core import clock as network_clock
from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.core.permissions import Actor, Duty
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, code_of, login, make_organisation, make_person
from tests.web.reading import Page

KEY = re.compile(r"<code>([A-Z2-7 ]{39})</code>")
MOVING = re.compile(r'(name="csrf_token" value="[^"]*"|value="[^"]*@[^"]*")')


class Browser:
    """Somebody's browser."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.address = address

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.address)

    def send(self, page: str, action: str, **typed: str) -> TestResponse:
        """Fill in the form on `page` that posts to `action`."""
        form = Page(self.get(page).text).form(action)
        return self.client.post(form.action, base_url=self.address, data=form.values | typed)

    @property
    def token(self) -> str:
        """What the session cookie holds for the sign-in."""
        with self.client.session_transaction(base_url=self.address) as held:
            return str(held.get("_user_id", ""))


class Place:
    """The network and its people."""

    def __init__(self, settings: Settings, factory: sessionmaker[Session]) -> None:
        self.app, self.address, self.factory = create_app(settings, factory), settings.public_url, factory

    def browser(self) -> Browser:
        return Browser(self.app, self.address)

    def inside(self, handle: str = "sok") -> Browser:
        browser = self.browser()
        assert browser.send("/login", "/login", **login(handle)).status_code == 303
        return browser


@pytest.fixture
def place(settings: Settings, factory: sessionmaker[Session]) -> Place:
    with transaction(factory) as session:
        union = make_organisation(session)
        for handle in ("sok", "ice"):
            make_person(session, union, duties=[Duty.ACT], handle=handle, password=PASSWORD)
        make_person(session, union, duties=[Duty.ACT], handle="new", password=PASSWORD, factor=False)
        make_person(session, union, duties=[Duty.FILE], handle="filer", password=PASSWORD, factor=False)
    return Place(settings, factory)


def test_password_and_then_the_code(place: Place) -> None:
    browser = place.browser()
    first = browser.send("/login", "/login", email="sok@people.test", password=PASSWORD)
    assert first.status_code == 303 and first.headers["Location"] == "/login/code"
    assert browser.get("/today").headers["Location"] == "/login"
    half = browser.token
    wrong = browser.send("/login/code", "/login/code", code="000000")
    assert wrong.status_code == 422 and "not right" in wrong.text
    assert browser.send("/login/code", "/login/code", code=code_of("sok")).headers["Location"] == "/today"
    assert browser.token != half and browser.get("/today").status_code == 200


def test_a_wrong_code_in_the_first_form_asks_for_the_code_alone(place: Place) -> None:
    browser = place.browser()
    answer = browser.send("/login", "/login", **login("sok") | {"code": "000000"})
    assert answer.status_code == 422 and Page(answer.text).form("/login/code") and PASSWORD not in answer.text


def test_a_code_without_a_password_before_it_begins_again(place: Place) -> None:
    answer = place.browser().send("/login/code", "/login/code", code=code_of("sok"))
    assert answer.status_code == 422 and "Begin again" in answer.text


def test_the_answer_is_the_same_to_the_byte_for_every_reason_to_refuse(place: Place) -> None:
    with transaction(place.factory) as session:
        person = person_by_handle(session, "ice")
        assert person
        freeze_person(session, Actor.system(), person_id=person.id)
    tries = {
        "unknown": {"email": "nobody@people.test", "password": PASSWORD},
        "wrong": {"email": "sok@people.test", "password": "not the password"},
        "frozen": {"email": "ice@people.test", "password": PASSWORD},
        "no address": {"email": "nothing", "password": PASSWORD},
        "wrong with code": {"email": "sok@people.test", "password": "not the password", "code": code_of("sok")},
    }
    seen = set()
    for typed in tries.values():
        answer = place.browser().send("/login", "/login", **typed)
        # What was typed stands in its field again; nothing else may differ, the kind of cookies included.
        body = MOVING.sub("", answer.text).replace(f'value="{typed["email"]}"', "")
        body = re.sub(r'(id="code"[^>]*) value="[^"]*"', r"\1", body)
        cookies = tuple(sorted(cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")))
        seen.add((answer.status_code, body, cookies, tuple(sorted(answer.headers.keys()))))
    assert len(seen) == 1 and next(iter(seen))[0] == 422


def test_nobody_waits_for_the_database_while_a_password_is_compared(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bool] = []
    matches = passwords.password_matches

    def compare(stored: str | None, password: str) -> bool:
        with transaction(place.factory) as other:
            make_organisation(other)
        written.append(True)
        return matches(stored, password)

    monkeypatch.setattr("network_app.web.login.password_matches", compare)
    browser = place.inside()
    assert browser.send("/login", "/login", **login("sok")).status_code == 303
    assert written == [True, True]


def test_with_a_password_alone_only_the_way_to_a_factor_is_open(place: Place) -> None:
    browser = place.browser()
    assert browser.send("/login", "/login", email="new@people.test", password=PASSWORD).status_code == 303
    for path in ("/today", "/me", "/appeals", "/votes", "/members", "/letters", "/", "/file", "/me/vouch"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/me/security"), path
    page = browser.get("/me/security")
    assert page.status_code == 200 and "One more step" in page.text and 'aria-label="Main"' not in page.text
    form = Page(page.text).form("/logout")
    refused = browser.client.post("/me/link-code", base_url=place.address, data=form.values)
    assert (refused.status_code, refused.headers["Location"]) == (303, "/me/security")
    assert browser.client.post("/logout", base_url=place.address, data=form.values).status_code == 303
    assert browser.get("/me/security").headers["Location"] == "/login"


def test_setting_up_the_app_opens_the_network(place: Place) -> None:
    browser = place.browser()
    browser.send("/login", "/login", email="new@people.test", password=PASSWORD)
    weak = browser.token
    shown = browser.send("/me/security", "/me/security/app")
    assert shown.status_code == 200 and "<svg" in shown.text and "otpauth://totp/" in shown.text
    found = KEY.search(shown.text)
    assert found
    key = found[1].replace(" ", "")
    form = Page(shown.text).form("/me/security/app/confirm")
    wrong = browser.client.post(form.action, base_url=place.address, data=form.values | {"code": "000000"})
    assert wrong.status_code == 422 and key[:4] in wrong.text
    with place.factory() as session:
        code = code_at(key, step_of(network_clock.unmoved(session)))
    done = browser.client.post(form.action, base_url=place.address, data=form.values | {"code": code})
    assert done.status_code == 303 and browser.token != weak
    assert browser.get("/today").status_code == 200
    assert key not in browser.get("/me/security").text
    codes = browser.send("/me/security", "/me/security/paper")
    listed = re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</code>", codes.text)
    assert len(listed) == 10 and listed[0] not in browser.get("/me/security").text
    again = place.browser()
    assert again.send("/login", "/login", email="new@people.test", password=PASSWORD, code=listed[0]).status_code == 303
    assert again.get("/today").status_code == 200


def test_who_only_files_comes_in_with_a_password(place: Place) -> None:
    browser = place.browser()
    browser.send("/login", "/login", email="filer@people.test", password=PASSWORD)
    assert browser.get("/me").status_code == 200
    with transaction(place.factory) as session:
        person = person_by_handle(session, "filer")
        assert person
        home = make_organisation(session)
        grant_mandate(session, Actor.system(), person_id=person.id, organisation_id=home.id, duty=Duty.VOTE)
    assert browser.get("/me").headers["Location"] == "/me/security"


def test_a_browser_is_given_another_token_with_other_rights(place: Place) -> None:
    browser = place.inside()
    before = browser.token
    assert browser.get("/me").status_code == 200 and browser.token == before
    with transaction(place.factory) as session:
        person = person_by_handle(session, "sok")
        assert person
        home = make_organisation(session)
        grant_mandate(session, Actor.system(), person_id=person.id, organisation_id=home.id, duty=Duty.VERIFY)
    assert browser.get("/me").status_code == 200
    assert browser.token != before and browser.get("/me").status_code == 200


def test_an_attacker_next_door_shuts_nobody_out_who_was_in_before(place: Place) -> None:
    victim, attacker = place.inside(), place.browser()
    victim.send("/me", "/logout")
    for _ in range(WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE):
        assert attacker.send("/login", "/login", email="sok@people.test", password="a guess").status_code == 422
    refused = attacker.send("/login", "/login", **login("sok"))
    assert refused.status_code == 422 and "minutes" in refused.text
    assert victim.send("/login", "/login", **login("sok")).status_code == 303


def test_changing_how_i_get_in_needs_a_fresh_sign_in(place: Place, clock: MovableClock) -> None:
    browser = place.inside()
    clock.move(timedelta(minutes=20))
    answer = browser.send("/me/security", "/me/security/app")
    assert answer.status_code == 422 and "sign in again" in answer.text and "otpauth" not in answer.text


def test_vouching_and_coming_back_through_the_pages(place: Place, clock: MovableClock) -> None:
    with transaction(place.factory) as session:
        ours = person_by_handle(session, "sok")
        assert ours
        from members.queries import organisations_of

        [union] = organisations_of(session, ours.id)
        make_person(session, union, duties=[Duty.VOTE], handle="third", password=PASSWORD)
    codes = []
    for handle in ("sok", "third"):
        page = place.inside(handle).send("/me/vouch", "/me/vouch", handle="ice", spoke="y")
        found = re.search(r"<strong><code>([A-Z0-9-]{14})</code>", page.text)
        assert page.status_code == 200 and found
        codes.append(found[1])
    typed = {"email": "ice@people.test", "first": codes[0], "second": codes[1], "new": "lamp oil and paper boats"}
    early = place.browser().send("/login/recover", "/login/recover", **typed)
    assert early.status_code == 422 and "work from" in early.text
    clock.move(timedelta(hours=73))
    weak = place.browser().send("/login/recover", "/login/recover", **typed | {"new": "passwordpassword"})
    assert weak.status_code == 422 and 'id="new-wrong"' in weak.text
    browser = place.browser()
    assert browser.send("/login/recover", "/login/recover", **typed).status_code == 303
    assert browser.get("/today").headers["Location"] == "/me/security"


def test_a_recovery_that_fits_nobody_is_answered_alike(place: Place) -> None:
    typed = {"first": "AAAA-BBBB-CCCC", "second": "AAAA-BBBB-DDDD", "new": "lamp oil and paper boats"}
    texts = set()
    for email in ("sok@people.test", "nobody@people.test", "s\u043ek@people.test"):
        answer = place.browser().send("/login/recover", "/login/recover", email=email, **typed)
        assert answer.status_code == 422
        texts.add(MOVING.sub("", answer.text).replace(email, ""))
    assert len(texts) == 1


def test_a_link_to_stop_is_pressed_and_not_only_looked_at(place: Place) -> None:
    page = place.browser().get("/login/stop/whatever")
    assert page.status_code == 200 and "Stop it" in page.text
    pressed = place.browser().send("/login/stop/whatever", "/login/stop/whatever")
    assert pressed.status_code == 200 and "Nothing waits" in pressed.text
