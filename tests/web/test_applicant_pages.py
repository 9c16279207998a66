"""The private link of a body that applies: what it says while it works, when it no longer does, when it is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from members.rules import TAKEN_PER_INVITATION
from members.use_cases.admitting import RESERVED
from members.use_cases.applying import enter_application, invite_body, vouch
from network_app.core.config import Settings
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.members import make_person
from tests.use_cases.members.test_applications import DAY, WISH, Circle, circle, deliver, sweep
from tests.web.crawling import Browser
from tests.web.reading import Page

__all__ = ["circle"]
FIRST = {"handle": "delta", "email": "first@people.test", "password": "kettle river seven lamps"}


@pytest.fixture
def browser(settings: Settings, factory: sessionmaker[Session]) -> Browser:
    return Browser(create_app(settings, factory), settings.public_url)


@pytest.fixture
def admitted(session: Session, circle: Circle, clock: MovableClock) -> str:
    """The path of a body's link on the day it became a member."""
    application, link = enter_application(
        session, circle.coordinator, coalition_id=circle.coalition.id, email="delta@x.test", wish=WISH
    )
    for voice in circle.voices[:2]:
        vouch(session, voice, ref=application.ref)
    deliver(session, application)
    sweep(session)
    clock.move(14 * DAY)
    sweep(session)
    return "/apply/" + link.rsplit("/", 1)[1]


def begin(browser: Browser, path: str, **typed: str) -> tuple[int, str]:
    form = Page(browser.get(path).text).form(f"{path}/begin")
    answer = browser.post(f"{path}/begin", **(form.values | FIRST | typed))
    return answer.status_code, answer.text


def test_a_foreign_link_says_what_to_do_next(browser: Browser) -> None:
    answer = browser.get("/apply/nonsense")
    assert answer.status_code == 404 and "Copy all of it" in answer.text


def test_an_address_that_leads_nowhere_says_what_to_do_next(browser: Browser) -> None:
    answer = browser.get("/nowhere")
    assert answer.status_code == 404 and "Look at the address again" in answer.text


def test_a_link_that_is_too_old_says_so_before_anything_is_typed(
    browser: Browser, session: Session, circle: Circle, clock: MovableClock
) -> None:
    _, link = invite_body(session, circle.coordinator, coalition_id=circle.coalition.id, email="delta@x.test")
    session.commit()
    path = "/apply/" + link.rsplit("/", 1)[1]
    assert "Ask to become a member" in browser.get(path).text
    clock.move(timedelta(days=40))
    late = browser.get(path).text
    assert "Ask whoever sent it for a new one" in late and "Ask to become a member" not in late


def test_the_first_person_begins_once_and_a_second_look_says_what_to_do(browser: Browser, admitted: str) -> None:
    form = Page(browser.get(admitted).text).form(f"{admitted}/begin").values
    assert begin(browser, admitted)[0] == 303
    again = browser.get(admitted).text
    assert "sign in and invite the others" in again and f"{admitted}/begin" not in again
    second = browser.post(f"{admitted}/begin", **(form | FIRST | {"handle": "two", "email": "two@people.test"}))
    assert second.status_code == 422 and "sign in and invite the others" in second.text


def test_an_applicants_link_tries_out_few_addresses(
    browser: Browser, session: Session, circle: Circle, admitted: str
) -> None:
    make_person(session, circle.members[0], handle="sok", email="sok@people.test")
    session.commit()
    for _ in range(TAKEN_PER_INVITATION):
        status, text = begin(browser, admitted, email="SOK@people.test")
        assert status == 422 and "no new account can be made" in text and 'value="delta"' in text
    assert "Too many tries" in begin(browser, admitted)[1]


def test_no_body_gets_the_address_of_a_page_of_ours(browser: Browser) -> None:
    below = (rule.rule.split("/") for rule in browser.app.url_map.iter_rules() if rule.rule.startswith("/members/"))
    assert {parts[2] for parts in below if "<" not in parts[2]} == RESERVED
