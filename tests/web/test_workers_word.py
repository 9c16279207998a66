"""The workers' last word with nothing but the number on the paper: no account, no JavaScript."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.web.app import create_app
from tests.factories.response import World, make_case, make_world
from tests.web.reading import Page
from urgent_appeals.models import Appeal, Demand
from urgent_appeals.queries.remedy import demands_of
from urgent_appeals.rules.demands import DemandState
from urgent_appeals.rules.stages import Outcome, Stage
from urgent_appeals.use_cases.remedy import add_demand

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def world(session: Session) -> World:
    """An accepted case with money owed."""
    world = make_world(session)
    make_case(session, world)
    add_demand(
        session, world.coordinator, ref=world.ref, kind="money", what="Severance", amount=Decimal(1284), currency="USD"
    )
    session.commit()
    return world


@pytest.fixture
def phone(settings: Settings, factory: sessionmaker[Session], world: World) -> FlaskClient:
    """A phone in which the number was typed."""
    client = create_app(settings, factory).test_client()
    assert client.post("/r", data={"number": world.receipt}, base_url=ADDRESS).status_code == 303
    return client


def send(phone: FlaskClient, action: str, **typed: str) -> TestResponse:
    """Fill in the form that posts there; a typed name may leave out its form's prefix."""
    form = Page(phone.get("/r/demands", base_url=ADDRESS).text).form(action)
    names = {name.rsplit("-", 1)[-1]: name for name in form.values}
    data = form.values | {names.get(name, name): value for name, value in typed.items()}
    return phone.post(form.action, data=data, base_url=ADDRESS)


def demand_of(session: Session, world: World) -> Demand:
    session.expire_all()
    return demands_of(session, world.case.id)[0].demand


def test_the_workers_say_what_arrived_in_their_own_digits(phone: FlaskClient, session: Session, world: World) -> None:
    typed = {"amount": "১,২৮৪", "paid_on": "2024-05-02", "workers_counted": "1284"}
    assert send(phone, "/r/received/", **typed).status_code == 303
    assert demand_of(session, world).state is DemandState.RECEIVED_BY_WORKERS
    shown = phone.get("/r/demands", base_url=ADDRESS).text
    assert 'aria-current="step">Received by the workers' in shown


def test_a_wrong_entry_is_named_and_the_rest_kept(phone: FlaskClient, session: Session, world: World) -> None:
    refused = send(phone, "/r/received/", amount="much", paid_on="2024-05-02")
    assert refused.status_code == 422
    assert [name.rsplit("-", 1)[-1] for name in Page(refused.text).wrong] == ["amount"]
    assert 'value="2024-05-02"' in refused.text and 'value="much"' in refused.text
    assert demand_of(session, world).state is DemandState.OPEN


def test_the_workers_close_their_case(phone: FlaskClient, session: Session, world: World) -> None:
    refused = send(phone, "/r/outcome", **{"close-outcome": "full"})
    assert refused.status_code == 422 and "sum is still open" in refused.text
    assert send(phone, "/r/outcome", **{"close-outcome": "partial"}).status_code == 303
    session.expire_all()
    appeal = session.get_one(Appeal, world.case.id)
    assert (appeal.stage, appeal.outcome) == (Stage.CLOSED, Outcome.PARTIAL)


def test_without_the_number_it_is_asked_for(settings: Settings, factory: sessionmaker[Session], world: World) -> None:
    stranger = create_app(settings, factory).test_client()
    answer = stranger.get("/r/demands", base_url=ADDRESS)
    assert (answer.status_code, answer.location) == (303, "/r")
    demand = f"/r/received/{world.case.id}"
    assert stranger.post(demand, data={}, base_url=ADDRESS).status_code in (303, 400)


def test_the_page_behind_the_receipt_leads_here(phone: FlaskClient) -> None:
    assert 'href="/r/demands"' in phone.get("/r", base_url=ADDRESS).text


def test_nobody_elses_name_is_on_the_workers_page(phone: FlaskClient, world: World) -> None:
    shown = phone.get("/r/demands", base_url=ADDRESS).text
    assert "Centre for triage" not in shown and "Verifying centre" not in shown
