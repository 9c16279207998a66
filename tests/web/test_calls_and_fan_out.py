"""Asking and answering as browsers meet it: every page, every form, every refusal at its field."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from tests.conftest import MovableClock
from tests.factories.response import TEXT, approve_text, give_consent
from tests.web.reading import Page
from tests.web.scene import Scene, ask, make_scene
from urgent_appeals.queries.response import calls_of
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.rules.consent import Use
from urgent_appeals.use_cases.remedy import add_demand

# It is signed with the second in which the page was made.
TOKEN = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')


@pytest.fixture
def scene(settings: Settings, factory: sessionmaker[Session], clock: MovableClock) -> Scene:
    return make_scene(settings, factory, clock)


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
    with scene.factory.begin() as session:
        add_demand(session, scene.world.coordinator, ref=scene.ref, kind="release", what="Words for the team")
    shown = scene.browser("american").get(scene.case).text
    assert TEXT["title"] in shown and "Sokha" not in shown and "Organisation of DE" not in shown
    assert "Release from prison" in shown and "Words for the team" not in shown


@pytest.mark.parametrize(
    "path", ["", "/fan-out", "/targets", "/demands", "/texts/network", "/texts/public", "/close", "/record"]
)
def test_outside_the_case_team_a_case_looks_like_none(scene: Scene, path: str) -> None:
    with scene.factory.begin() as session:
        give_consent(session, scene.world, Use.SHARE_WITH_NETWORK, granted=False)
    stranger = scene.browser("stranger")
    answers = [stranger.get(f"/appeals/{ref}{path}") for ref in (scene.ref, "UA-9999")]
    assert [answer.status_code for answer in answers] == [404, 404]
    pages = [TOKEN.sub("", answer.text) for answer in answers]
    assert pages[0].replace(scene.ref, "") == pages[1].replace("UA-9999", "")
    assert stranger.get(f"/calls/{scene.ref}").status_code == 404


def test_the_text_disappears_for_those_called_when_the_workers_take_the_consent_back(scene: Scene) -> None:
    ask(scene)
    with scene.factory.begin() as session:
        give_consent(session, scene.world, Use.SHARE_WITH_NETWORK, granted=False)
    shown = scene.browser("american").get(f"/calls/{scene.ref}").text
    assert TEXT["title"] not in shown and "do not share this case" in shown


def test_an_organisation_asks_to_be_left_in_peace(scene: Scene) -> None:
    american = scene.browser("american")
    assert american.send("/calls", "/calls/opt-out", company="Nobody Ltd", reason="x").status_code == 422
    assert american.send("/calls", "/calls/opt-out", company="Nike", reason="We bargain with them").status_code == 303
    assert "Not about Nike Inc." in american.get("/calls").text
    assert american.send("/calls", "/calls/opt-out/").status_code in (303, 422)
