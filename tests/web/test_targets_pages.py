"""The registers of brands and factories, both sides of a claim, and facility lists, as browsers meet them."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.permissions import Duty
from network_app.targets.queries import find_target, get_facility, links_of_facility
from network_app.targets.rules import LinkState, Stance
from network_app.targets.use_cases.registering import set_parent
from network_app.targets.use_cases.sourcing import record_brand_statement
from tests.factories.members import PASSWORD, login, make_organisation, make_person
from tests.factories.targets import SYSTEM, make_facility, make_link, make_target
from tests.web.reading import Page

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
LIST = (
    "name;country;address\n"
    "Voguetex Pvt Ltd;Sri Lanka;Udukawa, Denipitiya, Weligama\n"
    "Vogue Tex;LK;Udukawa Industrial Estate, Denipitiya, Weligama\n"
    "<script>Sewing</script>;Atlantis;x\n"
)


class Browser:
    """One browser, signed in if a handle is given."""

    def __init__(self, app: Flask, address: str, handle: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        self.address = address
        if handle:
            sent = self.send("/login", "/login", **login(handle))
            assert sent.status_code == 303

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, seen_on: str, **fields: object) -> TestResponse:
        """Send a form with the token of the page on which it stands."""
        token = TOKEN.search(self.get(seen_on).text)
        data = {"csrf_token": token[1] if token else "", **fields}
        return self.client.post(path, base_url=self.address, data=data)


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """An application with a coordinator, a delegate who may only vote, and Violet Apparel with its two sides."""
    from network_app.web.app import create_app

    with factory.begin() as session:
        union = make_organisation(session, name="Mekong Union")
        make_person(session, union, duties=[Duty.COORDINATE], handle="dara", password=PASSWORD)
        make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
        violet = make_facility(session, name="Violet Apparel Co. Ltd.", address="Phnom Penh")
        nike = make_target(session, name="Nike Inc.", home_country="US", source="answer 5800")
        converse = make_target(session, name="Converse", home_country=None)
        set_parent(session, SYSTEM, target_id=converse.id, parent_id=nike.id)
        link = make_link(session, target_id=nike.id, facility_id=violet.id, claim="Workers testify until late 2019.")
        record_brand_statement(
            session,
            SYSTEM,
            link_id=link.id,
            text="We have not bought there since 2006.",
            said_on=dt.date(2020, 10, 19),
            stance=Stance.DENIES,
            source="their letter",
        )
    return create_app(settings, factory)


@pytest.fixture
def dara(app: Flask, settings: Settings) -> Browser:
    """The coordinator's browser."""
    return Browser(app, settings.public_url, "dara")


@pytest.fixture
def sok(app: Flask, settings: Settings) -> Browser:
    """The delegate's browser."""
    return Browser(app, settings.public_url, "sok")


def violet_path(dara: Browser) -> str:
    """The address of the factory's page, as a person finds it."""
    found = re.search(r'href="(/facilities/F-\w+)"', dara.get("/facilities?text=violet").text)
    assert found is not None
    return found[1]


def test_a_stranger_is_asked_to_sign_in(app: Flask, settings: Settings) -> None:
    stranger = Browser(app, settings.public_url)
    for path in ("/brands", "/brands/nike-inc", "/brands/none", "/facilities", "/facilities/import"):
        answer = stranger.get(path)
        assert answer.status_code == 303 and "/login" in answer.headers["Location"]


def test_brands_are_searched_filtered_and_counted(sok: Browser) -> None:
    everything = sok.get("/brands").text
    assert "Nike Inc." in everything and "Converse" not in everything and "1 target" in everything
    assert "Converse" in sok.get("/brands?labels=1").text
    assert "Converse" in sok.get("/brands?text=CONVERSE").text
    assert "1 target" in sok.get("/brands?country=US&kind=brand").text
    assert "No target matches" in sok.get("/brands?text=atlantis").text


QUERIES = (
    "page=0 page=-1 page=99999999999999999999 page=x text=%E2%80%AE kind=left country=%27--"
    f" text=%25_%5C labels=2 outcome=none text={'a' * 5000}"
).split()
NOT_ON_RECORD = (
    "/brands/none",
    "/brands/%00",
    "/brands/" + "a" * 3000,
    "/facilities/F-0000",
    "/facilities/%00",
    "/facilities/claims/00000000-0000-0000-0000-000000000000",
    "/facilities/claims/x",
    "/facilities/import/00000000-0000-0000-0000-000000000000",
)


def test_the_registers_answer_any_query_and_what_is_not_on_record_is_not_found(sok: Browser) -> None:
    for register in ("/brands", "/facilities", "/facilities/import"):
        assert {query: sok.get(f"{register}?{query}").status_code for query in QUERIES} == dict.fromkeys(QUERIES, 200)
    assert {path: sok.get(path).status_code for path in NOT_ON_RECORD} == dict.fromkeys(NOT_ON_RECORD, 404)


def test_a_dossier_shows_owner_source_and_both_sides(sok: Browser) -> None:
    dossier = sok.get("/brands/nike-inc").text
    for shown in ("United States", "answer 5800", "Converse", "Violet Apparel", "until late 2019", "since 2006"):
        assert shown in dossier
    assert "The sides disagree" in dossier and "their letter" in dossier
    label = sok.get("/brands/converse").text
    assert 'Letters go to</dt><dd><a href="/brands/nike-inc">' in label


def test_a_factory_shows_who_is_said_to_buy_there(dara: Browser, sok: Browser) -> None:
    factory_page = sok.get(violet_path(dara)).text
    assert "Not reviewed yet" in factory_page and "19 October 2020" in factory_page
    assert "Claim that a brand buys here" not in factory_page
    assert "Claim that a brand buys here" in dara.get(violet_path(dara)).text


def test_a_coordinator_adds_a_brand_and_says_who_answers_for_it(dara: Browser, factory: sessionmaker[Session]) -> None:
    sent = dara.send("/brands", "/brands", name="Jordan Label", kind="brand", country="US", source="a label")
    assert sent.headers["Location"] == "/brands/jordan-label"
    at = "/brands/jordan-label"
    assert dara.send(f"{at}/names", at, name="Jumpman", source="").status_code == 303
    assert dara.send(f"{at}/parent", at, parent_id="NIKE").status_code == 303
    assert dara.send(f"{at}/contact", at, email="cr@nike.test", language="en", source="website").status_code == 303
    with factory() as session:
        label = find_target(session, "jumpman")
        assert label is not None and label.parent is not None and label.parent.name == "Nike Inc."
        assert label.contact_email == "cr@nike.test"
    looped = dara.send("/brands/nike-inc/parent", at, parent_id="Jordan Label")
    assert looped.status_code == 422 and "cannot stand above itself" in looped.text


def test_a_wrong_name_is_named_and_the_rest_is_kept(dara: Browser) -> None:
    for name in ("", "x" * 1_000_000, "a\u202eb", "a\x00b"):
        answer = dara.send("/brands", "/brands", name=name, kind="owner", country="SG", source="a report")
        assert answer.status_code == 422
        page = Page(answer.text)
        assert page.wrong == ["name"]
        kept = next(form for form in page.forms if form.method == "post" and form.action == "/brands").values
        assert (kept["kind"], kept["country"], kept["source"]) == ("owner", "SG", "a report")


def test_no_two_things_on_a_page_have_one_name_for_the_screen_reader(dara: Browser) -> None:
    claim = re.search(r'href="(/facilities/claims/[^"]+)"', dara.get(violet_path(dara)).text)
    assert claim is not None
    for path in ("/brands", "/brands/nike-inc", "/facilities", "/facilities/import", violet_path(dara), claim[1]):
        text = dara.get(path).text
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert [one for one in set(ids) if ids.count(one) > 1 and one != "csrf_token"] == []
        assert set(re.findall(r'<label for="([^"]+)"', text)) <= set(ids)


def test_wrong_values_of_every_kind_are_refused_at_their_field(dara: Browser) -> None:
    at = violet_path(dara)
    claim = {
        "brand": "Nobody",
        "evidence": "guess",
        "claim": "",
        "first_seen": "yesterday",
        "confidence": "",
        "source": "",
    }
    answer = dara.send(f"{at}/claims", at, **claim)
    assert answer.status_code == 422
    assert {"evidence", "claim", "first_seen", "confidence", "source"} <= set(Page(answer.text).wrong)
    unknown = dara.send(
        f"{at}/claims", at, brand="Nobody", evidence="label", claim="A label.", confidence="low", source="photo"
    )
    assert unknown.status_code == 422 and Page(unknown.text).wrong == ["brand"]


def test_a_claim_is_made_answered_and_reviewed(dara: Browser, factory: sessionmaker[Session]) -> None:
    at = violet_path(dara)
    claim = {"brand": "Converse", "evidence": "label", "claim": "A label was found.", "confidence": "high"}
    made = dara.send(f"{at}/claims", at, last_seen="2019-11-01", source="photo 7", **claim)
    assert made.status_code == 303
    page = made.headers["Location"]
    said = {"said_by": "brand", "stance": "says_ended", "text": "It ended.", "ended_on": "2019-07-31", "source": "mail"}
    assert dara.send(f"{page}/statements", page, **said).status_code == 303
    assert "The sides disagree" in dara.get(page).text
    assert dara.send(f"{page}/review", page, state="unreviewed", note="x").status_code == 422
    assert dara.send(f"{page}/review", page, state="disputed", note="Two dates.").status_code == 303
    with factory() as session:
        links = links_of_facility(session, get_facility(session, at.rsplit("/", 1)[1]).id)
        assert {link.target.name: link.state for link in links} == {
            "Converse": LinkState.DISPUTED,
            "Nike Inc.": LinkState.UNREVIEWED,
        }


def test_a_factory_is_added_closed_and_joined(dara: Browser) -> None:
    new = dara.send("/facilities", "/facilities", name="Violet Two", country="KH", address="", source="visit")
    assert new.status_code == 303
    at = new.headers["Location"]
    assert dara.send(f"{at}/status", at, status="closed", since="2020-07-01").status_code == 303
    assert "Closed, since 1 July 2020" in dara.get(at).text
    kept = violet_path(dara)
    assert dara.send(f"{kept}/join", kept, joined_id="F-0000").status_code == 422
    assert dara.send(f"{kept}/join", kept, joined_id=at.rsplit("/", 1)[1].lower()).status_code == 303
    assert "This record was joined with" in dara.get(at).text


def take_in(dara: Browser, data: bytes, **fields: str) -> TestResponse:
    """Upload a list."""
    values = {"name": "Suppliers 2024", "source": "their website", "brand": "", "listed_on": "2024-05-01", **fields}
    at = "/facilities/import"
    return dara.send(at, at, list_file=(io.BytesIO(data), "list.csv"), **values)


def test_a_list_is_taken_in_reported_on_and_decided(dara: Browser) -> None:
    sent = take_in(dara, LIST.encode("utf-8-sig"), brand="Nike")
    assert sent.status_code == 303
    report = sent.headers["Location"]
    text = dara.get(report).text
    assert "The country “Atlantis” is not known" in text and "<script>" not in text and "Row 4" in text
    assert "Suppliers 2024" in dara.get("/facilities/import").text
    assert "New facility: 1" in text and "Perhaps the same: please decide: 1" in text
    action = next(form.action for form in Page(text).forms if form.action.endswith("/same"))
    assert dara.send(action, report).status_code == 303
    assert "Confirmed as the same: 1" in dara.get(report).text
    again = dara.send(action.replace("/same", "/apart"), report)
    assert again.status_code == 422 and "Somebody decided this row already" in again.text
    assert take_in(dara, LIST.encode("utf-8-sig")).headers["Location"] == report


def test_a_file_that_is_no_list_is_refused_and_the_rest_is_kept(dara: Browser) -> None:
    for data in (b"", b"PK\x03\x04", b"a,b\n1,2\n"):
        answer = take_in(dara, data)
        assert answer.status_code == 422
        assert Page(answer.text).form("/facilities/import").values["source"] == "their website"


def test_who_lacks_the_duty_finds_no_such_act(sok: Browser) -> None:
    assert take_in(sok, LIST.encode()).status_code == 404
    assert sok.send("/brands", "/me", name="X", kind="brand", country="", source="x").status_code == 404
    assert "Take in a list" not in sok.get("/facilities/import").text
