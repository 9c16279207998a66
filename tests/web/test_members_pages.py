"""The register, an organisation's page and everybody's own page, as browsers meet them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from members.models import Coalition, Mandate, WrongAttempt
from members.queries import current_mandate, get_person, organisation_by_slug, person_by_chat, person_by_handle
from members.use_cases.chat_links import link_chat
from network_app.core.config import Settings
from network_app.core.permissions import Duty
from tests.factories.members import PASSWORD, give_duties, login, make_coalition, make_organisation, make_person

OURS = "/members/mekong-union"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One browser with its own cookies."""

    def __init__(self, app: Flask, address: str) -> None:
        self.client, self.address = app.test_client(), address

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form, with the token of a page that has one."""
        found = TOKEN.search(self.get("/login" if path == "/login" else "/me").text)
        token = found[1] if found else ""
        return self.client.post(path, base_url=self.address, data={"csrf_token": token, **fields})

    def sign_in(self, handle: str) -> Browser:
        """Come in as this person."""
        assert self.send("/login", **login(handle)).status_code == 303
        return self


@dataclass
class World:
    """Two organisations and the application that serves them."""

    app: Flask
    address: str
    factory: sessionmaker[Session]

    def browser(self, handle: str = "") -> Browser:
        """A fresh browser, signed in if a handle is given."""
        fresh = Browser(self.app, self.address)
        return fresh.sign_in(handle) if handle else fresh


@pytest.fixture
def world(settings: Settings, factory: sessionmaker[Session]) -> World:
    """A Cambodian union with an administrator and a delegate, and a campaign in Germany."""
    from network_app.web.app import create_app

    with factory.begin() as session:
        asia = make_coalition(session, name="South-East Asia")
        union = make_organisation(session, name="Mekong Union", coalition=asia, email="office@mekong.test")
        make_person(session, union, duties=[Duty.ADMINISTER, Duty.ACT], handle="dara", password=PASSWORD)
        make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
        kampagne = make_organisation(session, name="Naht Kampagne", country="DE", side="market")
        make_person(session, kampagne, duties=[Duty.ADMINISTER], handle="lena", password=PASSWORD)
    return World(create_app(settings, factory), settings.public_url, factory)


@pytest.mark.parametrize("path", ["/members", OURS, "/members/nobody", "/me"])
def test_a_stranger_is_asked_to_sign_in_whether_the_page_exists_or_not(world: World, path: str) -> None:
    answer = world.browser().get(path)
    assert answer.status_code == 303 and "/login" in answer.headers["Location"]


def test_the_register_is_searched_and_counts(world: World) -> None:
    dara = world.browser("dara")
    everyone = dara.get("/members").text
    assert "Mekong Union" in everyone and "Naht Kampagne" in everyone
    assert everyone.count("fictional-word") == 2
    narrowed = dara.get("/members?text=NAHT&country=DE&side=market").text
    assert f'{OURS}"' not in narrowed and "Naht Kampagne" in narrowed
    assert "Leave one of the filters out" in dara.get("/members?text=atlantis").text


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=99999999999999999999", "page=x", "text=%E2%80%AE", "text=" + "a" * 5000,
     "side=left", "coalition=%27--", "text=%25_%5C"],
)  # fmt: skip
def test_the_register_answers_any_query(world: World, query: str) -> None:
    assert world.browser("dara").get(f"/members?{query}").status_code == 200


@pytest.mark.parametrize("slug", ["nobody", "%00", "..%2f", "Mekong-Union", "a" * 3000, "%E2%80%AE"])
def test_what_is_no_member_is_not_found(world: World, slug: str) -> None:
    assert world.browser("dara").get(f"/members/{slug}").status_code == 404


def test_only_an_organisations_own_people_see_who_may_do_what(world: World) -> None:
    sok, lena = world.browser("sok"), world.browser("lena")
    assert "office@mekong.test" in sok.get(OURS).text
    ours = sok.get(f"{OURS}/people").text
    assert "Who may do what for us" in ours and "Give a mandate" not in ours
    assert lena.get(f"{OURS}/people").status_code == lena.get(f"{OURS}/invitations").status_code == 404
    theirs = lena.get(OURS).text
    assert "Mekong Union" in theirs and "South-East Asia" in theirs
    for secret in ("dara", "sok", "office@mekong.test", "Who may do what for us"):
        assert secret not in theirs


def test_an_administrator_gives_and_ends_a_mandate(world: World) -> None:
    dara, sok = world.browser("dara"), world.browser("sok")
    assert dara.send(f"{OURS}/mandates", handle="sok", duty="file").status_code == 303
    assert "file appeals" in sok.get("/me").text
    with world.factory() as session:
        union, person = organisation_by_slug(session, "mekong-union"), person_by_handle(session, "sok")
        assert person is not None
        held = [current_mandate(session, person.id, union.id, duty) for duty in (Duty.FILE, Duty.VOTE)]
    for mandate in held:
        assert mandate is not None
        assert dara.send(f"{OURS}/mandates/{mandate.id}/end").status_code == 303
    assert sok.get("/me").status_code == 303
    assert dara.send(f"{OURS}/mandates/{held[0].id}/end").status_code == 422  # type: ignore[union-attr]  # seen above


@pytest.mark.parametrize("handle", ["", "nobody", "\u0455ok", "so\u202ek", "x" * 1_000_000, "sok\x00", "<b>"])
def test_a_wrong_handle_is_named_and_the_rest_is_kept(world: World, handle: str) -> None:
    answer = world.browser("dara").send(f"{OURS}/mandates", handle=handle, duty="verify")
    assert answer.status_code == 422
    assert 'id="handle-wrong"' in answer.text
    assert re.search(r'<input[^>]*checked[^>]*value="verify"', answer.text)


def test_nobody_gives_a_mandate_without_being_an_administrator_there(world: World) -> None:
    assert world.browser("sok").send(f"{OURS}/mandates", handle="sok", duty="administer").status_code == 404
    assert world.browser("lena").send(f"{OURS}/mandates", handle="lena", duty="act").status_code == 404
    with world.factory() as session:
        assert len(session.scalars(select(Mandate)).all()) == 4


def test_the_last_administrator_is_told_to_name_another_first(world: World) -> None:
    with world.factory() as session:
        union, person = organisation_by_slug(session, "mekong-union"), person_by_handle(session, "dara")
        assert person is not None
        mandate = current_mandate(session, person.id, union.id, Duty.ADMINISTER)
    assert mandate is not None
    answer = world.browser("dara").send(f"{OURS}/mandates/{mandate.id}/end")
    assert answer.status_code == 422 and "Name another administrator first" in answer.text


def test_a_link_code_is_shown_once_and_links_the_chat_that_sends_it(world: World) -> None:
    dara = world.browser("dara")
    shown = dara.send("/me/link-code")
    code = re.search(r"!link ([A-Z0-9-]+)", shown.text)
    assert shown.status_code == 200 and code is not None and "no-store" in shown.headers["Cache-Control"]
    assert "!link" not in dara.get("/me").text
    with world.factory.begin() as session:
        assert link_chat(session, code=code[1], matrix_id="@dara:chat.test")
    linked = dara.get("/me").text
    assert "@dara:chat.test" in linked
    path = re.search(r'action="(/me/chats/[^"]+/unlink)"', linked)
    assert path is not None and dara.send(path[1]).status_code == 303
    with world.factory() as session:
        assert person_by_chat(session, "@dara:chat.test") is None


def test_signing_out_elsewhere_ends_the_other_browser_only(world: World) -> None:
    here, lost = world.browser("dara"), world.browser("dara")
    ends = re.findall(r'action="(/me/sign-ins/[^"/]+/end)"', here.get("/me").text)
    assert len(ends) == 1
    assert here.send(ends[0]).status_code == 303
    assert lost.get("/me").status_code == 303
    assert here.get("/me").status_code == 200
    third = world.browser("dara")
    assert here.send("/me/sign-ins/end-others").status_code == 303
    assert third.get("/me").status_code == 303 and here.get("/me").status_code == 200


def test_a_colleague_freezes_a_person_who_is_out_at_the_next_request(world: World) -> None:
    dara, sok, lena = (world.browser(handle) for handle in ("dara", "sok", "lena"))
    with world.factory() as session:
        person = person_by_handle(session, "sok")
        assert person is not None
    assert dara.send("/me/freeze", person="").status_code == 422
    assert lena.send("/me/freeze", person=str(person.id)).status_code == 404
    assert sok.get("/me").status_code == 200
    answer = dara.send("/me/freeze", person=str(person.id))
    assert answer.status_code == 200 and "sok is frozen" in answer.text
    assert sok.get("/me").status_code == 303
    assert world.browser().send("/login", email="sok@people.test", password=PASSWORD).status_code == 422
    assert "frozen" in dara.get(f"{OURS}/people").text
    assert lena.send(f"{OURS}/people/{person.id}/thaw").status_code == 404
    assert dara.send(f"{OURS}/people/{person.id}/thaw").status_code == 303
    again = dara.send(f"{OURS}/people/{person.id}/thaw")
    assert again.status_code == 422 and "one more colleague" in again.text


def test_a_person_switches_between_organisations(world: World) -> None:
    with world.factory.begin() as session:
        other, person = make_organisation(session, name="Zari Union"), person_by_handle(session, "dara")
        assert person is not None
        give_duties(session, other, person, [Duty.FILE])
        strange = make_organisation(session, name="Not theirs")
    dara = world.browser("dara")
    shown = dara.get("/votes").text
    assert "Acting for" in shown and re.search(r"selected>Mekong Union<", shown)
    assert dara.send("/me/act-for", organisation=str(strange.id)).status_code == 422
    assert dara.send("/me/act-for", organisation=str(other.id)).status_code == 303
    now = dara.get("/me").text
    assert re.search(r"selected>Zari Union<", now) and "cast our vote" not in now


def test_a_wrong_present_password_is_counted_although_the_answer_is_a_refusal(world: World) -> None:
    dara = world.browser("dara")
    answer = dara.send("/me/password", old="not it", new="a new long pass phrase")
    assert answer.status_code == 422 and 'id="old-wrong"' in answer.text
    with world.factory() as session:
        assert len(session.scalars(select(WrongAttempt)).all()) == 1
    assert 'id="new-wrong"' in dara.send("/me/password", old=PASSWORD, new="short").text
    assert dara.send("/me/password", old=PASSWORD, new="a new long pass phrase").status_code == 303


def test_a_person_chooses_the_language_of_their_pages_and_messages(world: World) -> None:
    dara = world.browser("dara")
    assert dara.send("/me/language", language="tlh").status_code == 422
    assert dara.send("/me/language", language="bn").headers["Location"].endswith("/me?lang=bn")
    assert '<html lang="bn"' in dara.get("/me?lang=bn").text
    with world.factory() as session:
        person = person_by_handle(session, "dara")
        assert person is not None and get_person(session, person.id).language == "bn"


@pytest.mark.parametrize(
    "path",
    [f"{OURS}/mandates", "/members/wake", "/me/act-for", "/me/language", "/me/password", "/me/link-code",
     "/me/freeze", "/me/sign-ins/end-others"],
)  # fmt: skip
def test_nothing_is_done_without_the_forms_own_token(world: World, path: str) -> None:
    dara = world.browser("dara")
    assert dara.client.post(path, base_url=dara.address, data={"handle": "dara", "duty": "vote"}).status_code == 400


def test_a_coalition_that_nobody_coordinates_is_taken_up_on_its_page_by_two_organisations(world: World) -> None:
    with world.factory.begin() as session:
        asia = session.scalars(select(Coalition)).one()
        second = make_organisation(session, name="Delta Union", coalition=asia)
        make_person(session, second, duties=[Duty.COORDINATE], handle="mali", password=PASSWORD)
        union = organisation_by_slug(session, "mekong-union")
        make_person(session, union, duties=[Duty.COORDINATE], handle="rith", password=PASSWORD)
        path, mali, rith = f"/members/coalitions/{asia.slug}", f"mali {second.id}", f"rith {union.id}"
    bystander, browser = world.browser("sok"), world.browser("rith")
    assert "Nobody coordinates this coalition now" in bystander.get(path).text
    assert 'name="who"' not in bystander.get(path).text
    page = browser.get(path).text
    assert mali in page and rith not in page
    assert browser.send(f"{path}/coordinators", who=mali).status_code == 303
    assert 'name="who"' not in browser.get(path).text
    other = world.browser("mali").get(path).text
    assert "One person alone coordinates here" in other and rith in other
    assert world.browser("mali").send(f"{path}/coordinators", who=rith).status_code == 303
    assert "Nobody can be named now" in world.browser("mali").get(path).text
