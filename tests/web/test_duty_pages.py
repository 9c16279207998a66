"""The duty roster, absences, time zones, holidays, Today and a ring, as people's browsers meet them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session, sessionmaker

from members.models import DutyTurn, Organisation
from members.models.coalitions import CoalitionCoordinator
from network_app.core import clock as core_clock
from network_app.core.config import Settings
from network_app.core.permissions import Duty
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.duty import DUTIES, Roster, make_roster
from tests.factories.members import PASSWORD, make_organisation, make_person
from tests.factories.urgent_appeals import make_appeal
from tests.web.scene import Browser


class World:
    """A roster in Cambodia, its coordinator, one on duty and somebody in Germany."""

    def __init__(self, settings: Settings, factory: sessionmaker[Session], session: Session) -> None:
        self.app, self.address = create_app(settings, factory), settings.public_url
        self.session = session
        self.roster: Roster = make_roster(session)
        coalition, organisation = self.roster.coalition, self.roster.organisation
        leader = make_person(session, organisation, duties=(Duty.COORDINATE,), handle="leader", password=PASSWORD)
        make_person(session, organisation, duties=DUTIES, handle="bopha", password=PASSWORD)
        abroad = make_organisation(session, country="DE")
        make_person(session, abroad, duties=(Duty.ACT,), handle="anna", password=PASSWORD)
        session.add(
            CoalitionCoordinator(
                coalition_id=coalition.id,
                person_id=leader.id,
                organisation_id=organisation.id,
                since=core_clock.now(session),
            )
        )
        session.commit()
        self.today = core_clock.now(session).date()
        session.commit()

    def browser(self, handle: str) -> Browser:
        return Browser(self.app, self.address, handle)

    def plan(self, browser: Browser, **typed: object) -> int:
        """Plan a turn on the page; returns the status."""
        values = {
            "coalition": self.roster.coalition.id,
            "handle": "bopha",
            "starts_on": self.today,
            "weekdays": list("0123456"),
        } | typed
        return browser.send("/members/duty", "/members/duty/turns", **values).status_code


@pytest.fixture
def world(settings: Settings, factory: sessionmaker[Session], session: Session, clock: MovableClock) -> World:
    return World(settings, factory, session)


def test_who_answers_now_is_found_from_every_page(world: World) -> None:
    anna = world.browser("anna")
    assert '<a href="/members/duty">Duty</a>' in anna.get("/votes").text
    assert '<a href="/members/duty" aria-current="page">Duty</a>' in anna.get("/members/duty").text
    assert '<a href="/members/duty">Duty</a>' in anna.get("/members").text


def test_a_coordinator_plans_a_turn_and_takes_it_off_and_nobody_else_can(world: World) -> None:
    leader, other = world.browser("leader"), world.browser("anna")
    assert world.plan(leader, deputy=world.roster.deputy.handle) == 303
    assert "bopha" in other.get("/members/duty").text
    turn = world.session.scalars(select(DutyTurn).where(DutyTurn.deputy_id == world.roster.deputy.id)).all()[-1]
    turn_id = turn.id
    world.session.rollback()
    assert 'action="/members/duty/turns"' not in other.get("/members/duty").text
    path = f"/members/duty/turns/{turn_id}/end"
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', other.get("/members/duty").text)[0]
    refused = other.client.post(path, base_url=world.address, data={"csrf_token": token})
    assert refused.status_code == 404
    assert leader.send("/members/duty", path).status_code == 303
    assert world.session.get_one(DutyTurn, turn_id).ended_at is not None


@pytest.mark.parametrize(
    "typed",
    [
        {"handle": "nobody-here"},
        {"handle": "anna"},
        {"deputy": "bopha"},
        {"ends_on": "2020-01-01"},
        {"starts_on": "2020-01-01"},
        {"weekdays": []},
    ],
)
def test_a_turn_that_cannot_be_kept_is_refused_at_its_field(world: World, typed: dict[str, object]) -> None:
    assert world.plan(world.browser("leader"), **typed) == 422


def test_who_says_away_is_stood_in_for_until_back(world: World) -> None:
    browser = world.browser("bopha")
    assert world.plan(world.browser("leader"), deputy=world.roster.deputy.handle) == 303
    days = {"away_from": world.today - timedelta(days=1), "away_until": world.today + timedelta(days=2)}
    assert browser.send("/members/duty", "/members/duty/away", **days).status_code == 303
    assert "steps in for bopha" in browser.get("/today").text
    assert browser.send("/members/duty", "/members/duty/away/").status_code == 303
    assert "steps in for bopha" not in browser.get("/today").text
    wrong = {"away_from": world.today, "away_until": world.today - timedelta(days=5)}
    assert browser.send("/members/duty", "/members/duty/away", **wrong).status_code == 422


def test_a_gap_is_said_in_words(world: World) -> None:
    world.session.execute(update(DutyTurn).values(weekdays="01234"))
    world.session.commit()
    assert "Nobody answers on 4 days." in world.browser("anna").get("/members/duty").text


def test_each_reader_is_told_the_time_on_their_own_wall(world: World) -> None:
    at_home, abroad = world.browser("bopha"), world.browser("anna")
    assert "Cambodia Time" in at_home.get("/today").text
    assert "Germany (Berlin) Time" in abroad.get("/today").text
    assert abroad.send("/me/zone", "/me/zone", zone="Asia/Dhaka").status_code == 303
    assert "Bangladesh Time" in abroad.get("/today").text
    assert abroad.send("/me/zone", "/me/zone", zone="Mars/Base").status_code == 422
    assert abroad.send("/me/zone", "/me/zone", zone="").status_code == 303
    assert "Germany (Berlin) Time" in abroad.get("/today").text


def test_the_table_of_holidays_is_shown_with_its_date_and_source(world: World) -> None:
    shown = world.browser("anna").get("/members/holidays?country=BD").text
    assert "Bangladesh" in shown and "22 November 2026" in shown and "countries/bangladesh.py" in shown
    assert "Germany" in world.browser("anna").get("/members/holidays?country=%3Cb%3E").text


def test_a_ring_is_taken_with_one_tap_and_shows_nothing_of_the_case(world: World) -> None:
    assert world.plan(world.browser("leader"), handle="bopha") == 303
    world.session.execute(
        update(DutyTurn).where(DutyTurn.id == world.roster.turn.id).values(ended_at=core_clock.now(world.session))
    )
    appeal = make_appeal(world.session, clock="danger")
    ref = appeal.ref
    world.session.commit()
    browser = world.browser("bopha")
    assert "Rings for you" in browser.get("/today").text
    page = browser.get(f"/appeals/{ref}/ring").text
    assert "Somebody is in danger" in page and "Violet Apparel" not in page
    assert world.browser("anna").get(f"/appeals/{ref}/ring").status_code == 404
    assert browser.send(f"/appeals/{ref}/ring", f"/appeals/{ref}/ring").status_code == 303
    assert "Rings for you" not in browser.get("/today").text
    assert "It rings no more" in browser.get(f"/appeals/{ref}/ring").text


def test_today_is_where_one_comes_in_and_asks_the_database_little(world: World) -> None:
    browser = world.browser("bopha")
    assert browser.get("/").headers["Location"] == "/today"
    for number in range(6):
        make_appeal(world.session, clock="danger" if number % 2 else "harm")
    world.session.commit()
    asked: list[str] = []
    engine = world.session.get_bind()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(type(engine), "before_cursor_execute", note)
    try:
        assert browser.get("/today").status_code == 200
    finally:
        event.remove(type(engine), "before_cursor_execute", note)
    assert len(asked) <= 40, "\n".join(asked)
    assert world.session.scalar(select(Organisation.id).limit(1)) is not None
