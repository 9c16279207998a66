"""What a refusal costs: the same comparisons and the same questions to the database, whoever is or is not meant.

Counted rather than timed: a clock on a busy machine says little, and what is equal in work is equal in time.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from members.models import Person
from members.queries import actor_for
from members.rules import WRONG_PASSWORDS_PER_ACCOUNT_AND_DAY, WRONG_RECOVERIES_PER_SOURCE
from members.use_cases.attempts import count_wrong_attempt
from members.use_cases.freezing import freeze_person
from members.use_cases.recovering import vouch_for
from network_app.core.config import Settings
from network_app.core.crypto import keyed_hash
from network_app.core.db import transaction
from network_app.core.outbox import Channel, Outgoing, State
from network_app.core.permissions import Actor, Duty
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, make_organisation, make_person
from tests.web.crawling import Browser
from tests.web.reading import Page

KINDS = ("known", "frozen", "without a password", "without a mandate", "in recovery", "unknown")
CODES = {"first": "AAAA-BBBB-CCCC", "second": "AAAA-BBBB-DDDD", "new": "a lantern for every gate"}


def address(kind: str) -> str:
    return f"{kind.replace(' ', '-')}@people.test"


@pytest.fixture
def people(factory: sessionmaker[Session]) -> None:
    """One of each kind, but for the one whom nobody knows."""
    with transaction(factory) as session:
        union = make_organisation(session)
        colleagues = [actor_for(session, make_person(session, union, duties=[Duty.ACT]).id) for _ in range(2)]
        made: dict[str, Person] = {}
        for kind in KINDS[:-1]:
            duties = [] if kind == "without a mandate" else [Duty.ACT]
            password = "" if kind == "without a password" else PASSWORD
            made[kind] = make_person(session, union, duties=duties, email=address(kind), password=password)
        for colleague in colleagues:
            vouch_for(session, colleague, handle=made["in recovery"].handle, spoke=True)
        freeze_person(session, Actor.system(), person_id=made["frozen"].id)


@pytest.fixture
def browser(settings: Settings, factory: sessionmaker[Session], people: None) -> Browser:
    browser = Browser(create_app(settings, factory), settings.public_url)
    browser.get("/login")
    return browser


class Work:
    """What was compared and asked."""

    def __init__(self) -> None:
        self.compared: list[str] = []
        self.asked: list[str] = []


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Note each comparison or making of a hash, by its cost, and each question to the database, in order."""
    work = Work()
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def comparing(self: PasswordHasher, stored: Any, *rest: Any, **named: Any) -> Any:
        work.compared.append(stored.rsplit("$", 2)[0])
        return verify(self, stored, *rest, **named)

    def making(self: PasswordHasher, *rest: Any, **named: Any) -> Any:
        work.compared.append("made")
        return make(self, *rest, **named)

    def asking(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        work.asked.append(re.sub(r"\s+", " ", statement))

    with monkeypatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", comparing)
        patch.setattr(PasswordHasher, "hash", making)
        event.listen(Engine, "before_cursor_execute", asking)
        try:
            yield work
        finally:
            event.remove(Engine, "before_cursor_execute", asking)


def refused(browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str, **typed: str) -> Work:
    form = Page(browser.get(path).text).form(path).values
    with counted(monkeypatch) as work:
        assert browser.post(path, **(form | typed)).status_code == 422
    return work


def test_a_sign_in_is_refused_with_the_same_work_for_every_account(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("", "123456", "AAAA-BBBB-CCCC"):
        works = {
            kind: refused(browser, monkeypatch, "/login", email=address(kind), password="no such thing", code=code)
            for kind in KINDS
        }
        for kind, work in works.items():
            assert (work.compared, work.asked) == (works["known"].compared, works["known"].asked), kind
            assert len(work.compared) == 1, kind


def test_the_right_password_of_somebody_who_may_not_in_costs_what_a_wrong_one_costs(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = refused(browser, monkeypatch, "/login", email=address("known"), password="no such thing")
    for kind in ("frozen", "without a mandate"):
        work = refused(browser, monkeypatch, "/login", email=address(kind), password=PASSWORD)
        assert (work.compared, work.asked) == (wrong.compared, wrong.asked), kind


def test_too_many_tries_are_refused_with_the_same_work_and_without_a_comparison(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, factory: sessionmaker[Session]
) -> None:
    with transaction(factory) as session:
        for kind in KINDS:
            for _ in range(WRONG_PASSWORDS_PER_ACCOUNT_AND_DAY):
                count_wrong_attempt(session, keyed_hash("sign-in-account", address(kind)))
    works = {kind: refused(browser, monkeypatch, "/login", email=address(kind), password=PASSWORD) for kind in KINDS}
    for kind, work in works.items():
        assert work.asked == works["known"].asked and not work.compared, kind


def test_who_tried_too_often_sets_no_more_hashing_off(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(WRONG_RECOVERIES_PER_SOURCE):
        refused(browser, monkeypatch, "/login/recover", email=f"n{number}@people.test", **CODES)
    for kind in KINDS:
        assert not refused(browser, monkeypatch, "/login/recover", email=address(kind), **CODES).compared, kind


def test_no_answer_at_the_door_waits_for_the_mail_server(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, factory: sessionmaker[Session]
) -> None:
    """Mail is only planned here, so that one that cannot leave tells nobody whose address is known (CVE-2024-45231)."""

    def nobody_there(*_: Any, **__: Any) -> None:
        raise AssertionError("the web spoke to the mail server")

    monkeypatch.setattr(smtplib.SMTP, "connect", nobody_there)
    for kind in KINDS:
        refused(browser, monkeypatch, "/login/recover", email=address(kind), **CODES)
    with transaction(factory) as session:
        home = make_organisation(session)
        make_person(session, home, duties=[Duty.ADMINISTER], handle="voucher", password=PASSWORD)
        make_person(session, home, duties=[Duty.ACT], handle="lost")
        slug, before = home.slug, count(session)
    browser.sign_in("voucher")
    page = f"/members/{slug}/invitations"
    for path, typed in (
        ("/me/vouch", {"handle": "lost", "spoke": "y"}),
        (page, {"note": "new", "duties": "act", "email": address("known")}),
        (page, {"note": "new", "duties": "act", "email": address("unknown")}),
    ):
        form = Page(browser.get(path).text).form(path).values
        assert browser.post(path, **(form | typed)).status_code == 200, path
    with transaction(factory) as session:
        assert count(session) > before


def count(session: Session) -> int:
    """How much mail is planned."""
    planned = select(func.count()).where(Outgoing.channel == Channel.MAIL, Outgoing.state == State.PLANNED)
    return session.scalar(planned) or 0


def test_a_new_way_in_is_refused_with_the_same_work_for_every_account(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = {kind: refused(browser, monkeypatch, "/login/recover", email=address(kind), **CODES) for kind in KINDS}
    for kind, work in works.items():
        assert (work.compared, work.asked) == (works["known"].compared, works["known"].asked), kind
        assert work.compared == ["made"], kind
