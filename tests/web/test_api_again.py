"""A program asks again: for the rest of a list, and for what it already asked for because its line broke."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from members.models import ApiAnswer, Invitation
from network_app.campaigns import api as campaigns_api
from network_app.core.config import Settings
from network_app.core.permissions import Actor, Duty
from network_app.tracking import api as tracking_api
from network_app.votes.api import voting
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.campaigns import make_launched
from tests.factories.members import coordinator_of, make_actor, make_coalition, make_organisation
from tests.factories.response import approve_text, fan_out, make_case, make_world
from tests.factories.urgent_appeals import make_region, make_verified
from tests.factories.votes import WEEK, make_network, make_proposal, make_vote
from tests.web.programs import Program, make_token_for
from urgent_appeals.api import calls as calls_api
from urgent_appeals.models import Call

INVITED = {"note": "the new one", "duties": ["act"]}


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    return create_app(settings, factory)


def program_of(app: Flask, settings: Settings, factory: sessionmaker[Session], actor: Actor) -> Program:
    with factory.begin() as session:
        _, secret = make_token_for(session, actor)
    return Program(app, settings.public_url, secret)


def followed(program: Program, path: str, name: str = "ref") -> Iterator[list[str]]:
    """The pages of a list, by the `Link` header, each as the references it shows."""
    while path:
        answer = program.get(path)
        assert answer.status_code == 200
        yield [item[name] for item in answer.get_json()["items"]]
        path = answer.headers.get("Link", "").partition("/api/v1")[2].partition(">")[0]


def test_votes_are_read_page_by_page_in_the_order_of_their_list(
    app: Flask, settings: Settings, factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voting, "PAGE_SIZE", 2)
    with factory.begin() as session:
        network = make_network(session)
        late, soon, later = (make_vote(session, network, lasts=WEEK + timedelta(days=n)).ref for n in (9, 0, 3))
        draft = make_proposal(session, network.delegates["m1"], title="50 % more").ref
        make_proposal(session, network.delegates["m2"])
    program = program_of(app, settings, factory, network.delegates["m1"])
    assert list(followed(program, "/votes")) == [[soon, later], [late, draft]]
    assert list(followed(program, "/votes?text=50 %")) == [[draft]]
    assert list(followed(program, "/votes?state=draft")) == [[draft]]
    assert program.get("/votes?after=nonsense").status_code == 422


def _later_round(first: Call, number: int) -> Call:
    same = ("appeal_id", "fan_out_id", "organisation_id", "reasons", "asked", "leaves_at", "due_at")
    values = {name: getattr(first, name) for name in same}
    opened = first.opened_at + timedelta(minutes=number)
    return Call(**values, round=number, opened_at=opened, answer_text=f"round {number}")


def test_calls_are_read_page_by_page_the_newest_first(
    app: Flask,
    settings: Settings,
    factory: sessionmaker[Session],
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls_api, "PAGE_SIZE", 2)
    with factory.begin() as session:
        world = make_world(session)
        make_case(session, world)
        approve_text(session, world)
        fan_out(session, world)
        own = world.people["DE"].own_organisation()
        first = session.scalars(select(Call).where(Call.organisation_id == own)).one()
        session.add_all(_later_round(first, number) for number in (2, 3))
    clock.move(timedelta(hours=1))
    program = program_of(app, settings, factory, world.people["DE"])
    assert list(followed(program, "/calls", "answer_text")) == [["round 3", "round 2"], [""]]
    assert program.get("/calls?after=nonsense").status_code == 422


def test_campaigns_and_the_board_are_read_page_by_page_without_a_gap(
    app: Flask, settings: Settings, factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (campaigns_api, tracking_api):
        monkeypatch.setattr(module, "PAGE_SIZE", 2)
    with factory.begin() as session:
        region = make_region(session)
        cases = {make_verified(session, region).ref for _ in range(3)}
        campaigns = {make_launched(session, region.triager).ref for _ in range(3)}
    program = program_of(app, settings, factory, region.triager)
    pages = list(followed(program, "/campaigns"))
    assert [len(page) for page in pages] == [2, 1] and {ref for page in pages for ref in page} == campaigns
    board = list(followed(program, "/board"))
    shown = [ref for page in board for ref in page]
    assert (set(shown[:3]), set(shown[3:]), len(shown)) == (cases, campaigns, 6)
    assert [len(page) for page in board] == [2, 2, 2]
    for wrong in ("nonsense", "campaigns.nonsense"):
        assert program.get(f"/board?after={wrong}").status_code == 422


def test_an_invitation_asked_for_again_is_the_first_one_and_its_link_is_not_shown_a_second_time(
    app: Flask, settings: Settings, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        union = make_organisation(session, name="Mekong Union")
        admin = make_actor(session, union, Duty.ADMINISTER)
    program = program_of(app, settings, factory, admin)
    first, second = (
        program.post("/members/mekong-union/invitations", INVITED, Idempotency_Key="the-first-try") for _ in range(2)
    )
    link = first.get_json()["link"]
    assert (first.status_code, first.get_json()["repeated"], "/invited/" in link) == (201, False, True)
    assert (second.status_code, second.get_json()["repeated"], second.get_json()["link"]) == (201, True, None)
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == 1
        kept = session.scalars(select(ApiAnswer)).one().body or ""
    # Safety: the link lets somebody in, so no copy of the database may hold it.
    assert link.rpartition("/")[2] not in kept
    other = program.post("/members/mekong-union/invitations", INVITED | {"note": "x"}, Idempotency_Key="the-first-try")
    assert other.status_code == 422


def test_a_body_is_invited_to_apply_once_however_often_the_program_asks(
    app: Flask, settings: Settings, factory: sessionmaker[Session]
) -> None:
    with factory.begin() as session:
        coalition = make_coalition(session)
        coordinator = coordinator_of(session, coalition, make_organisation(session, coalition=coalition))
        asked = {"coalition_id": str(coalition.id), "email": "new@union.test", "language": "en"}
    program = program_of(app, settings, factory, coordinator)
    first, second = (program.post("/applications/invite", asked, Idempotency_Key="the-first-try") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.get_json()["link"] and second.get_json()["link"] is None
    assert first.get_json()["href"] == second.get_json()["href"]
