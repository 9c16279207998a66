"""The queue and the case page as people of different organisations meet them."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from members.queries import get_organisation
from network_app.core.config import Settings
from network_app.core.permissions import Actor, Duty
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, login, make_person
from tests.factories.urgent_appeals import Region, a_photo, make_appeal, make_region, make_triaged, make_verified
from tests.web.reading import Page, without_noise
from urgent_appeals.models import Appeal, Consent, CustodyEntry
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.evidence import add_photo

ADDRESS = "http://127.0.0.1:8000"
DUTIES = (Duty.VERIFY, Duty.COORDINATE, Duty.ACT)
TESTS = {"genuine": "we know it", "wanted": "the union asks", "useful": "three brands", "choice": "accept"}


@dataclass
class Browser:
    """One person's browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, base_url=ADDRESS)

    def send(self, page: str, action: str, **fields: object) -> TestResponse:
        """Fill in the form of a page that posts to `action`."""
        form = Page(self.get(page).text).form(action)
        return self.client.post(form.action, data=form.values | fields, base_url=ADDRESS)


@dataclass
class World:
    """A region with its people, and their browsers."""

    app: Flask
    session: Session
    region: Region

    def browser(self, actor: Actor, *duties: Duty) -> Browser:
        """A browser in which somebody of the actor's organisation is signed in."""
        home = get_organisation(self.session, actor.own_organisation())
        person = make_person(self.session, home, duties=duties or DUTIES, password=PASSWORD)
        handle = person.handle
        self.session.commit()
        browser = Browser(self.app.test_client())
        assert browser.send("/login", "/login", **login(handle)).status_code == 303
        return browser

    def again(self, appeal: Appeal) -> Appeal:
        """The appeal as it is stored now."""
        self.session.rollback()
        found = self.session.get_one(Appeal, appeal.id, populate_existing=True)
        # An open transaction of the test would keep the browsers out.
        self.session.commit()
        return found


@pytest.fixture
def world(settings: Settings, factory: sessionmaker[Session], session: Session) -> World:
    """The application and one region."""
    region = make_region(session)
    session.commit()
    return World(create_app(settings, factory), session, region)


def test_from_the_queue_to_an_accepted_case(world: World) -> None:
    appeal = make_appeal(world.session)
    first, second, third = (
        world.browser(each) for each in (world.region.triager, world.region.confirmer, world.region.verifier)
    )
    path = f"/appeals/{appeal.ref}"
    assert path in first.get("/appeals").text
    assert first.send(path, f"{path}/acknowledge").status_code == 303
    assert first.send(f"{path}/triage", f"{path}/triage", **TESTS).status_code == 303
    # Whoever proposed is neither shown the button nor obeyed without it.
    assert f"{path}/triage/confirm" not in first.get(path).text
    token = Page(first.get(path).text).form(f"{path}/publication/stop").values
    refused = first.client.post(f"{path}/triage/confirm", data=token, base_url=ADDRESS)
    assert "must be of another organisation" in refused.text
    assert second.send(path, f"{path}/triage/confirm").status_code == 303
    assert f"{path}/verify#act" not in first.get(path).text
    assert third.send(f"{path}/verify", f"{path}/verify", **{"source-text": "a shop steward"}).status_code == 303
    assert world.again(appeal).stage is Stage.ACCEPTED
    consent = {"use": "name_to_target", "basis": "union_mandate", "giver": "the union", "how": "by phone"}
    assert first.send(f"{path}/consent", f"{path}/consent", **consent, language="en").status_code == 303
    assert first.send(f"{path}/question", f"{path}/question", **{"question-text": "How many?"}).status_code == 303
    assert first.send(f"{path}/news", f"{path}/news", **{"news-text": "We wrote."}).status_code == 303
    text = first.get(path).text
    assert "How many?" in text
    assert "We wrote." in text
    assert world.session.scalar(select(Consent.giver_ct).where(Consent.use == "name_to_target"))


def test_declining_needs_a_reason(world: World) -> None:
    appeal = make_appeal(world.session)
    browser = world.browser(world.region.triager)
    path = f"/appeals/{appeal.ref}"
    refused = browser.send(f"{path}/triage", f"{path}/triage", **(TESTS | {"choice": "decline"}))
    assert (refused.status_code, Page(refused.text).wrong) == (422, ["reason"])
    assert Page(refused.text).form(f"{path}/triage").values["genuine"] == "we know it"
    sent = TESTS | {"choice": "decline", "reason": "Ask the labour court."}
    assert browser.send(f"{path}/triage", f"{path}/triage", **sent).status_code == 303


BAD = {
    "empty": "  ",
    "too long": "x" * 20_001,
    "control characters": "a\x00b",
    "right-to-left override": "a\u202eb",
    "a megabyte": "z" * 1_000_000,
}
FORMS: dict[str, dict[str, str]] = {
    "triage": TESTS,
    "question": {"question-text": "Since when?"},
    "news": {"news-text": "We wrote."},
    "brake": {"note-what": "stop", "note-text": "met them"},
    "facility": {"facility": "F-7K3F"},
    "consent": {"use": "publish", "granted": "yes", "basis": "self", "giver": "A", "how": "B", "language": "en"},
}


@pytest.mark.parametrize("action", FORMS)
def test_every_field_of_the_team_with_every_bad_input(world: World, action: str) -> None:
    appeal = make_appeal(world.session)
    browser = world.browser(world.region.triager)
    path = f"/appeals/{appeal.ref}"
    good = FORMS[action]
    for name in good:
        for kind, typed in BAD.items():
            answer = browser.send(f"{path}/{action}", f"{path}/{action}", **(good | {name: typed}))
            assert answer.status_code == 422, (action, name, kind)
            page = Page(answer.text)
            assert page.wrong == [name], (action, name, kind)
            kept = page.form(f"{path}/{action}").values
            others = {each: kept.get(each) for each in good if each != name}
            assert others == {each: good[each] for each in others}, (action, name, kind)
    assert world.again(appeal).stage is Stage.RECEIVED


def test_the_page_of_a_case_opens_one_form_at_a_time_and_only_what_is_offered(world: World) -> None:
    appeal = make_appeal(world.session)
    browser = world.browser(world.region.triager)
    path = f"/appeals/{appeal.ref}"
    for act, opened in (("", False), ("/triage", True), ("/reopen", False), ("/triage/disagree", False)):
        text = browser.get(path + act).text
        assert f'href="{path}/question#act"' in text, act
        assert ('id="act"' in text, "<textarea" in text) == (opened, opened), act


ACTS = (
    *("acknowledge", "triage", "triage/confirm", "triage/disagree", "verify", "question", "news", "reopen", "brake"),
    *("publication/stop", "coordinate", "facility", "consent", "consent/withdraw", "evidence"),
)


def test_a_stranger_meets_no_unverified_case_anywhere(world: World) -> None:
    appeal = make_triaged(world.session, world.region, share_with_network=True)
    far, voter = world.browser(world.region.stranger), world.browser(world.region.triager, Duty.VOTE)
    for browser in (far, voter):
        token = Page(browser.get("/appeals").text).form("/logout").values["csrf_token"]
        assert appeal.ref not in browser.get("/appeals").text
        assert appeal.ref not in browser.get(f"/appeals?text={appeal.ref}").text.replace(f'value="{appeal.ref}"', "")
        real, unknown = browser.get(f"/appeals/{appeal.ref}"), browser.get("/appeals/UA-2222")
        assert (real.status_code, unknown.status_code) == (404, 404)
        shown, unshown = without_noise(real.text), without_noise(unknown.text)
        assert shown.replace(appeal.ref, "") == unshown.replace("UA-2222", "")
        for act in ACTS:
            fields = {"csrf_token": token} | TESTS | FORMS["consent"] | FORMS["brake"] | {"source-text": "x"}
            fields |= {f"{name}-text": "x" for name in ("doubt", "question", "news", "again")} | {"facility": "F-2222"}
            data = fields | {"photo": (io.BytesIO(a_photo()), "x.jpg"), "kind": "photo"}
            answer = browser.client.post(f"/appeals/{appeal.ref}/{act}", data=data, base_url=ADDRESS)
            assert answer.status_code == 404, act
    nobody = Browser(world.app.test_client())
    assert nobody.get(f"/appeals/{appeal.ref}").headers["Location"] == "/login"
    assert world.again(appeal).stage is Stage.VERIFYING


def test_the_network_reads_no_word_of_the_team(world: World) -> None:
    appeal = make_verified(
        world.session,
        world.region,
        share_with_network=True,
        account="CANARY-ACCOUNT",
        wanted="CANARY-WANTED",
        workplace="CANARY-FACTORY",
        place="CANARY-PLACE",
        contact="CANARY-CONTACT",
        brands="CANARY-BRANDS",
    )
    browser = world.browser(world.region.stranger)
    page = browser.get(f"/appeals/{appeal.ref}")
    assert page.status_code == 200
    assert "CANARY" not in page.text + browser.get("/appeals").text
    team = world.browser(world.region.triager).get(f"/appeals/{appeal.ref}")
    assert "CANARY-ACCOUNT" in team.text
    assert "CANARY" not in Page(team.text).title


def test_each_look_at_evidence_is_logged(world: World) -> None:
    appeal = make_appeal(world.session)
    add_photo(world.session, Actor.filer(appeal.id), data=a_photo())
    browser = world.browser(world.region.triager)
    path = f"/appeals/{appeal.ref}"
    answer = browser.send(path, f"{path}/evidence/")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert b"PHONE-MAKER-CANARY" not in answer.data
    world.session.rollback()
    assert sorted(world.session.scalars(select(CustodyEntry.act))) == ["opened", "received"]


def test_the_workers_brake_by_a_second_channel(world: World) -> None:
    appeal = make_verified(world.session, world.region)
    browser = world.browser(world.region.triager)
    path = f"/appeals/{appeal.ref}"
    assert browser.send(path, f"{path}/publication/stop").status_code == 303
    for what, stage in (("stop", Stage.PAUSED_BY_WORKERS), ("resume", Stage.ACCEPTED), ("publish", Stage.ACCEPTED)):
        sent = {"note-what": what, "note-text": "met them"}
        assert browser.send(f"{path}/brake", f"{path}/brake", **sent).status_code == 303
        assert world.again(appeal).stage is stage
    assert world.again(appeal).publication_stopped_at is None


def test_the_queue_pages_and_searches(world: World) -> None:
    for _ in range(51):
        make_appeal(world.session)
    appeal = make_appeal(world.session, clock="danger")
    browser = world.browser(world.region.triager)
    assert "Page 1 of 2" in browser.get("/appeals").text
    assert "Page 2 of 2" in browser.get("/appeals?page=2").text
    assert appeal.ref in browser.get("/appeals?clock=danger").text
    for odd in ("page=x", "page=-1", "page=9999999999999999999", "text=%25_%27", "country=<b>"):
        assert browser.get(f"/appeals?{odd}").status_code == 200, odd
