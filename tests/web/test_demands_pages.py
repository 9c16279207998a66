"""Targets, demands, money and the last word as browsers meet them."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from tests.conftest import MovableClock
from tests.web.reading import Page
from tests.web.scene import Scene, make_scene
from urgent_appeals.models import Appeal
from urgent_appeals.queries.remedy import demands_of
from urgent_appeals.queries.response import targets_of
from urgent_appeals.rules.demands import DemandState
from urgent_appeals.rules.stages import Outcome, Stage


@pytest.fixture
def scene(settings: Settings, factory: sessionmaker[Session], clock: MovableClock) -> Scene:
    return make_scene(settings, factory, clock)


def test_targets_are_named_by_claim_and_by_hand_and_let_go(scene: Scene) -> None:
    page = f"{scene.case}/targets"
    keeper = scene.browser("keeper")
    nike = scene.world.targets["Nike Inc."].id
    assert keeper.send(page, f"{page}/{nike}/drop").status_code == 303
    assert "Said to buy there" in keeper.get(page).text
    assert keeper.send(page, f"{page}/claims/").status_code == 303
    refused = keeper.send(page, page, company="No such company", reason="It buys.")
    assert refused.status_code == 422 and Page(refused.text).wrong == ["company"]
    with scene.factory() as session:
        appeal = session.get_one(Appeal, scene.world.case.id)
        assert {row.name for row in targets_of(session, appeal)} == {"Nike Inc.", "Matalan", "C&A", "Ramatex Group"}


def test_money_goes_through_the_pages_and_the_workers_close(scene: Scene) -> None:
    page = f"{scene.case}/demands"
    keeper, officer = scene.browser("keeper"), scene.browser("officer")
    added = keeper.send(page, page, kind="money", what="Severance", amount="1,400,000", currency="usd")
    assert added.status_code == 303
    with scene.factory() as session:
        demand = demands_of(session, scene.world.case.id)[0].demand
    paid = f"{page}/{demand.id}/payments"
    start = f"payment-{demand.id.hex[:8]}-"
    typed = {f"{start}amount": "1400000", f"{start}paid_on": "2024-03-01", f"{start}payer": "Ramatex"}
    assert keeper.send(page, paid, **{**typed, f"{start}route": "to_workers"}).status_code == 422
    assert keeper.send(page, paid, **{**typed, f"{start}route": "promised"}).status_code == 303
    assert keeper.send(page, paid, **{**typed, f"{start}route": "to_factory"}).status_code == 303
    assert "Say what the workers received" not in keeper.get(page).text
    received, begin = f"{page}/{demand.id}/received", f"received-{demand.id.hex[:8]}-"
    word = {f"{begin}amount": "1400000", f"{begin}paid_on": "2024-05-02", f"{begin}workers_counted": "1,284"}
    wrong = officer.send(page, received, **{**word, f"{begin}amount": "0"})
    assert wrong.status_code == 422 and Page(wrong.text).wrong == [f"{begin}amount"]
    refused = officer.send(f"{scene.case}/close", f"{scene.case}/close", outcome="full")
    assert refused.status_code == 422 and "sum is still open" in refused.text
    assert officer.send(page, received, **word).status_code == 303
    shown = officer.get(page).text
    assert 'aria-current="step">Received by the workers' in shown and "USD 1,400,000" in shown.replace("\xa0", " ")
    assert keeper.get(f"{scene.case}/close").status_code == 404
    assert (
        officer.send(f"{scene.case}/close", f"{scene.case}/close", outcome="full", word="Thank you.").status_code == 303
    )
    with scene.factory() as session:
        appeal = session.get_one(Appeal, scene.world.case.id)
        assert (appeal.stage, appeal.outcome) == (Stage.CLOSED, Outcome.FULL)
        assert demands_of(session, appeal.id)[0].demand.state is DemandState.RECEIVED_BY_WORKERS
    assert "Chain verified" in keeper.get(f"{scene.case}/record").text


def test_other_demands_move_on_their_own_path(scene: Scene) -> None:
    page = f"{scene.case}/demands"
    keeper = scene.browser("keeper")
    assert keeper.send(page, page, kind="release", what="Release").status_code == 303
    assert keeper.send(page, page, kind="reinstatement", what="Back to work").status_code == 422
    assert keeper.send(page, page, kind="reinstatement", what="Back to work", wanted="12").status_code == 303
    with scene.factory() as session:
        rows = demands_of(session, scene.world.case.id)
        ids = {row.demand.kind.value: row.demand.id for row in rows}
    step, start = f"{page}/{ids['release']}/step", f"step-{ids['release'].hex[:8]}-"
    assert keeper.send(page, step, **{f"{start}state": "on_bail"}).status_code == 303
    counted, begin = f"{page}/{ids['reinstatement']}/reached", f"reached-{ids['reinstatement'].hex[:8]}-"
    assert keeper.send(page, counted, **{f"{begin}reached": "13"}).status_code == 422
    assert keeper.send(page, counted, **{f"{begin}reached": "5"}).status_code == 303
    shown = keeper.get(page).text
    assert "5 of 12 people" in shown and 'aria-current="step">Out on bail' in shown
