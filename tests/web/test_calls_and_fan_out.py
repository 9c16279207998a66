"""Asking, answering, paying and closing as browsers meet them: every page, every form, every refusal at its field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.permissions import Duty
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, make_person
from tests.factories.response import TEXT, World, approve_text, give_consent, make_case, make_world
from tests.web.reading import Page
from urgent_appeals.models import Appeal
from urgent_appeals.queries.remedy import demands_of
from urgent_appeals.queries.response import calls_of, targets_of
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.demands import DemandState
from urgent_appeals.rules.stages import Outcome, Stage

COORDINATE = (Duty.COORDINATE, Duty.VERIFY, Duty.FILE, Duty.ACT)
PEOPLE = {
    "keeper": COORDINATE,
    "checker": COORDINATE,
    "officer": COORDINATE,
    "american": (Duty.ACT,),
    "stranger": COORDINATE,
}


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask, address: str, handle: str) -> None:
        self.client, self.address = app.test_client(), address
        assert self.send("/login", "/login", email=f"{handle}@people.test", password=PASSWORD).status_code == 303

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, action: str, **typed: object) -> TestResponse:
        """Fill in the form on page `path` that posts to `action`, and send it as it stands there."""
        shown = self.get(path)
        assert shown.status_code == 200, shown.status_code
        forms = [form for form in Page(shown.text).forms if form.action.startswith(action)]
        form = min(forms, key=lambda form: len(form.action))
        return self.client.post(form.action, base_url=self.address, data={**form.values, **typed})


@dataclass
class Scene:
    """A case ready to be fanned out, and browsers for the people around it."""

    app: Flask
    address: str
    factory: sessionmaker[Session]
    world: World
    clock: MovableClock

    def browser(self, handle: str) -> Browser:
        """A signed-in browser of this person."""
        return Browser(self.app, self.address, handle)

    @property
    def ref(self) -> str:
        """The case's reference."""
        return self.world.ref

    @property
    def case(self) -> str:
        """The case's page."""
        return f"/appeals/{self.ref}"


@pytest.fixture
def scene(settings: Settings, factory: sessionmaker[Session], clock: MovableClock) -> Scene:
    with factory.begin() as session:
        world = make_world(session)
        make_case(session, world)
        organisations = {
            "keeper": world.coordinator.organisation_id,
            "checker": world.verifier.organisation_id,
            "officer": world.workers.id,
            "american": world.network["US"].id,
            "stranger": world.network["PE"].id,
        }
        from members.queries import get_organisation

        for handle, duties in PEOPLE.items():
            organisation = get_organisation(session, organisations[handle])  # type: ignore[arg-type]
            make_person(session, organisation, duties=duties, handle=handle, password=PASSWORD)
    clock.may_be_moved()
    return Scene(create_app(settings, factory), settings.public_url, factory, world, clock)


def ask(scene: Scene) -> None:
    """Approve a text and press the button."""
    with scene.factory.begin() as session:
        approve_text(session, scene.world)
    page = f"{scene.case}/fan-out"
    assert scene.browser("keeper").send(page, page, asked=["letter", "meeting"]).status_code == 303
    scene.clock.move(timedelta(minutes=11))


def test_a_text_is_written_by_one_and_approved_by_another(scene: Scene) -> None:
    page = f"{scene.case}/texts/network"
    keeper, checker = scene.browser("keeper"), scene.browser("checker")
    assert keeper.send(page, page, **TEXT).status_code == 303
    shown = keeper.get(page).text
    assert "You wrote it." in shown and f"{page}/approve" not in shown
    assert checker.send(page, f"{page}/approve").status_code == 303
    assert "What they read now" in checker.get(page).text
    assert TEXT["title"] in keeper.get(scene.case).text
    assert checker.send(page, page, **{**TEXT, "place": "Kandal"}).status_code == 303
    shown = keeper.get(page).text
    assert "<del>Phnom Penh</del>" in shown
    assert keeper.send(page, f"{page}/withdraw").status_code == 303
    assert "What they read now" not in keeper.get(page).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 121),
        ("title", "a\x00b"),
        ("what_happened", "\u202eevil"),
        ("what_happened", "x" * 1_000_000),
        ("wanted", "ring 012 345 6789"),
        ("language", "xx"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(scene: Scene, field: str, value: str) -> None:
    page = f"{scene.case}/texts/network"
    refused = scene.browser("keeper").send(page, page, **{**TEXT, "care": "Do not call.", field: value})
    assert refused.status_code == 422
    assert Page(refused.text).wrong == [field]
    assert Page(refused.text).form(page).values["care"] == "Do not call."


def test_the_preview_shows_reasons_load_orphans_and_one_button(scene: Scene) -> None:
    page = f"{scene.case}/fan-out"
    keeper = scene.browser("keeper")
    before = keeper.get(page).text
    assert "Write the text for the network" in before and ">Ask " not in before
    with scene.factory.begin() as session:
        approve_text(session, scene.world)
    shown = keeper.get(page).text
    assert "Nike Inc. has its home in United States" in shown
    assert "0 calls in the last 30 days" in shown
    assert shown.index("Nobody reaches these") < shown.index("Matalan") < shown.index("Organisation of US")
    count = shown.count("calls in the last 30 days")
    assert shown.count(f">Ask {count} organisations</button>") == 1
    assert "Speak to the press" not in shown


def test_asking_and_undoing(scene: Scene) -> None:
    page = f"{scene.case}/fan-out"
    keeper = scene.browser("keeper")
    with scene.factory.begin() as session:
        approve_text(session, scene.world)
    refused = keeper.send(page, page)
    assert refused.status_code == 422 and Page(refused.text).wrong == ["asked"]
    assert keeper.send(page, page, asked="letter").status_code == 303
    shown = keeper.get(scene.case).text
    assert "Until then it can be undone" in shown and "Organisation of US" in shown
    assert keeper.send(scene.case, f"{page}/undo").status_code == 303
    assert "Organisation of US" not in keeper.get(scene.case).text


def test_pressing_twice_is_refused_in_words(scene: Scene) -> None:
    page = f"{scene.case}/fan-out"
    with scene.factory.begin() as session:
        approve_text(session, scene.world)
    keeper = scene.browser("keeper")
    form = Page(keeper.get(page).text).form(page)
    data = {**form.values, "asked": "letter"}
    codes = [keeper.client.post(page, base_url=keeper.address, data=data).status_code for _ in range(2)]
    assert codes == [303, 422]


def test_an_organisation_reads_the_text_and_answers(scene: Scene) -> None:
    ask(scene)
    american = scene.browser("american")
    assert scene.ref in american.get("/calls").text
    page = f"/calls/{scene.ref}"
    shown = american.get(page).text
    assert TEXT["title"] in shown and "Nike Inc. has its home in United States" in shown
    assert "Sokha" not in shown
    refused = american.send(page, page, answer="cannot")
    assert refused.status_code == 422 and Page(refused.text).wrong == ["text"]
    assert american.send(page, page, answer="will_act").status_code == 303
    assert american.send(page, page, answer="done", text="We wrote.").status_code == 303
    with scene.factory() as session:
        answers = {row.organisation: (row.call.answer, row.call.via) for row in calls_of(session, scene.ref)}
    assert answers["Organisation of US"] == (CallAnswer.DONE, "web")
    assert "We wrote." in scene.browser("keeper").get(scene.case).text


def test_who_was_called_sees_the_networks_side_of_the_case_only(scene: Scene) -> None:
    ask(scene)
    shown = scene.browser("american").get(scene.case).text
    assert TEXT["title"] in shown and "Sokha" not in shown and "Organisation of DE" not in shown


@pytest.mark.parametrize(
    "path", ["", "/fan-out", "/targets", "/demands", "/texts/network", "/texts/public", "/close", "/record"]
)
def test_outside_the_case_team_a_case_looks_like_none(scene: Scene, path: str) -> None:
    with scene.factory.begin() as session:
        give_consent(session, scene.world, Use.SHARE_WITH_NETWORK, granted=False)
    stranger = scene.browser("stranger")
    answers = [stranger.get(f"/appeals/{ref}{path}") for ref in (scene.ref, "UA-9999")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(scene.ref, "") == answers[1].text.replace("UA-9999", "")
    assert stranger.get(f"/calls/{scene.ref}").status_code == 404


def test_the_text_disappears_for_those_called_when_the_workers_take_the_consent_back(scene: Scene) -> None:
    ask(scene)
    with scene.factory.begin() as session:
        give_consent(session, scene.world, Use.SHARE_WITH_NETWORK, granted=False)
    shown = scene.browser("american").get(f"/calls/{scene.ref}").text
    assert TEXT["title"] not in shown and "do not share this case" in shown


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
        appeal = session.get_one(Appeal, scene.world.appeal.id)  # type: ignore[union-attr]
        assert {row.name for row in targets_of(session, appeal)} == {"Nike Inc.", "Matalan", "C&A", "Ramatex Group"}


def test_money_goes_through_the_pages_and_the_workers_close(scene: Scene) -> None:
    page = f"{scene.case}/demands"
    keeper, officer = scene.browser("keeper"), scene.browser("officer")
    added = keeper.send(page, page, kind="money", what="Severance", amount="1,400,000", currency="usd")
    assert added.status_code == 303
    with scene.factory() as session:
        demand = demands_of(session, scene.world.appeal.id)[0].demand  # type: ignore[union-attr]
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
        appeal = session.get_one(Appeal, scene.world.appeal.id)  # type: ignore[union-attr]
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
        rows = demands_of(session, scene.world.appeal.id)  # type: ignore[union-attr]
        ids = {row.demand.kind.value: row.demand.id for row in rows}
    step, start = f"{page}/{ids['release']}/step", f"step-{ids['release'].hex[:8]}-"
    assert keeper.send(page, step, **{f"{start}state": "on_bail"}).status_code == 303
    counted, begin = f"{page}/{ids['reinstatement']}/reached", f"reached-{ids['reinstatement'].hex[:8]}-"
    assert keeper.send(page, counted, **{f"{begin}reached": "13"}).status_code == 422
    assert keeper.send(page, counted, **{f"{begin}reached": "5"}).status_code == 303
    shown = keeper.get(page).text
    assert "5 of 12 people" in shown and 'aria-current="step">Out on bail' in shown


def test_an_organisation_asks_to_be_left_in_peace(scene: Scene) -> None:
    american = scene.browser("american")
    assert american.send("/calls", "/calls/opt-out", company="Nobody Ltd", reason="x").status_code == 422
    assert american.send("/calls", "/calls/opt-out", company="Nike", reason="We bargain with them").status_code == 303
    assert "Not about Nike Inc." in american.get("/calls").text
    assert american.send("/calls", "/calls/opt-out/").status_code in (303, 422)
