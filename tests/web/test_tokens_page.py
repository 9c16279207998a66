"""The page on which a person lets a program act for them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from members.queries import sign_ins_of
from members.use_cases.signing_in import sign_in
from members.use_cases.tokens import make_token
from network_app.core.config import Settings
from network_app.core.errors import GateShut
from network_app.core.permissions import Duty
from network_app.core.scopes import Scope
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, actor_of, make_organisation, make_person
from tests.web.programs import Program
from tests.web.scene import Browser

PAGE = "/me/tokens"


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """An application with one coordinator."""
    with factory.begin() as session:
        make_person(session, make_organisation(session), duties=(Duty.COORDINATE,), handle="maly", password=PASSWORD)
    return create_app(settings, factory)


def test_a_token_is_shown_once_works_and_is_dead_when_it_is_ended(app: Flask, settings: Settings) -> None:
    browser = Browser(app, settings.public_url, "maly")
    shown = browser.send(PAGE, PAGE, name="case list", scopes=["targets:read"], duties=["coordinate"], days="7")
    found = re.search(r"nwa_[\w-]+", shown.text)
    assert found is not None
    program = Program(app, settings.public_url, found[0])
    assert program.get("/targets").status_code == 200
    assert program.get("/votes").status_code == 403
    later = browser.get(PAGE).text
    assert "case list" in later
    assert found[0] not in later
    assert browser.send(PAGE, f"{PAGE}/", word="").status_code == 303
    assert program.get("/targets").status_code == 401


def test_a_password_alone_makes_no_token(factory: sessionmaker[Session], app: Flask) -> None:
    with factory.begin() as session:
        home = make_organisation(session)
        person = make_person(session, home, duties=(Duty.FILE,), password=PASSWORD, factor=False)
        actor = actor_of(session, person)
        assert sign_in(session, email=f"{person.handle}@people.test", password=PASSWORD)
        weak = sign_ins_of(session, person.id)[0]
        with pytest.raises(GateShut):
            make_token(
                session,
                actor,
                name="x",
                scopes=[Scope.READ_MEMBERS],
                duties=[Duty.FILE],
                days=1,
                sign_in_id=weak.id,
            )
