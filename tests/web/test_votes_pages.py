"""Votes as browsers meet them: read, open, cast, take the board away."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.permissions import Duty
from network_app.votes import recount
from network_app.votes.jobs import close_due
from network_app.votes.queries import last_casts, proposal_by_ref
from network_app.votes.rules import Position
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, login, make_person
from tests.factories.votes import Network, cast, make_network, make_vote

HIDDEN = re.compile(r'name="(csrf_token|source)"[^>]*value="([^"]+)"')


class Member:
    """A member's browser."""

    def __init__(self, app: Flask, address: str, handle: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.address = address
        page = self.get("/login")
        sent = self.send("/login", page, **login(handle))
        assert sent.status_code == 303

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, page: TestResponse, **fields: object) -> TestResponse:
        """Send a form as it stands on `page`, filled with `fields`."""
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
        return self.client.post(path, base_url=self.address, data={**hidden, **fields})


@pytest.fixture
def network(factory: sessionmaker[Session], clock: MovableClock) -> Network:
    with factory.begin() as session:
        network = make_network(session)
        for name, duties in (("m1", [Duty.VOTE]), ("b1", [Duty.VOTE]), ("b2", [Duty.ACT])):
            make_person(session, network.organisations[name], duties=duties, handle=f"of-{name}", password=PASSWORD)
    clock.may_be_moved()
    return network


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    from network_app.web.app import create_app

    return create_app(settings, factory)


@pytest.fixture
def ref(factory: sessionmaker[Session], network: Network) -> str:
    """An open vote that touches Cambodia."""
    with factory.begin() as session:
        return make_vote(session, network, affected_countries=["KH"], texts={"en": "We **ask**. <script>"}).ref


@pytest.fixture
def makers(app: Flask, settings: Settings, network: Network) -> Member:
    return Member(app, settings.public_url, "of-m1")


@pytest.fixture
def buyers(app: Flask, settings: Settings, network: Network) -> Member:
    return Member(app, settings.public_url, "of-b1")


def test_a_proposal_is_written_read_again_and_opened(
    makers: Member, buyers: Member, factory: sessionmaker[Session]
) -> None:
    assert "will stand here" in makers.get("/votes").text
    form = makers.get("/votes/new")
    answers = {"title": "Pay what is owed", "electorate": "network", "affected": "KH", "language": "en", "text": "Pay."}
    kept = makers.send("/votes/new", form, **answers)
    assert kept.status_code == 303
    path = kept.headers["Location"]
    draft = makers.get(path)
    assert "Pay." in draft.text and "Open it for everybody" in draft.text
    assert buyers.get(path).status_code == 404 and "Pay what is owed" not in buyers.get("/votes").text

    assert makers.send(f"{path}/open", draft, days="1").status_code == 422
    assert makers.send(f"{path}/open", draft, days="7").status_code == 303
    assert "Pay what is owed" in buyers.get("/votes").text and buyers.get(path).status_code == 200


def test_a_proposal_that_lacks_something_keeps_what_was_written(makers: Member) -> None:
    form = makers.get("/votes/new")
    answer = makers.send("/votes/new", form, title="", electorate="network", language="en", text="Pay by May.")
    assert answer.status_code == 422
    assert "Pay by May." in answer.text and 'href="#title"' in answer.text


def test_the_page_shows_the_text_the_lack_and_the_five_positions(makers: Member, ref: str) -> None:
    page = makers.get(f"/votes/{ref}").text
    assert "<strong>ask</strong>" in page and "<script>" not in page
    assert "No organisation in Cambodia, where the workers are, agrees" in page
    assert re.findall(r'<button name="position" value="(\w+)"', page) == [position.value for position in Position]
    assert "of-m1" in page and "4 silent" in page


def test_a_press_of_a_button_casts_and_shows_the_receipt(
    makers: Member, ref: str, factory: sessionmaker[Session]
) -> None:
    page = makers.get(f"/votes/{ref}")
    assert makers.send(f"/votes/{ref}/cast", page, position="agree", reason="").status_code == 303
    # The same form sent twice, as on a slow line.
    assert makers.send(f"/votes/{ref}/cast", page, position="agree", reason="").status_code == 303
    with factory() as session:
        casts = last_casts(session, proposal_by_ref(session, ref))
        assert [(c.position, c.seq, c.via) for c in casts.values()] == [(Position.AGREE, 2, "web")]
        head = next(iter(casts.values())).head
    shown = makers.get(f"/votes/{ref}").text
    assert head in shown and "Entry 2 of the board" in shown and 'aria-pressed="true"' in shown


def test_a_block_without_reason_comes_back_with_what_to_do(makers: Member, ref: str) -> None:
    page = makers.get(f"/votes/{ref}")
    answer = makers.send(f"/votes/{ref}/cast", page, position="block", reason="", ground="safety")
    assert answer.status_code == 422 and "Please give your reason" in answer.text
    again = makers.send(f"/votes/{ref}/cast", answer, position="block", reason="They are followed", ground="safety")
    assert again.status_code == 303
    shown = makers.get(f"/votes/{ref}").text
    assert "They are followed" in shown and "The safety of workers." in shown


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"position": "perhaps"},
        {"position": "agree", "reason": "x" * 1_000_000},
        {"position": "agree", "reason": "a\x00b"},
        {"position": "block", "reason": "a\u202eb"},
        {"position": "block", "reason": "r", "ground": "mood"},
    ],
)
def test_bad_input_is_refused_and_casts_nothing(
    makers: Member, ref: str, factory: sessionmaker[Session], fields: dict[str, str]
) -> None:
    page = makers.get(f"/votes/{ref}")
    assert makers.send(f"/votes/{ref}/cast", page, **fields).status_code == 422
    with factory() as session:
        assert not last_casts(session, proposal_by_ref(session, ref))


def test_enter_in_a_field_presses_no_position(makers: Member, ref: str, factory: sessionmaker[Session]) -> None:
    """Enter presses a form's first enabled button: in Chromium it cast "agree" from the field for a block's ground."""
    page = makers.get(f"/votes/{ref}")
    form = page.text.partition(f'action="/votes/{ref}/cast"')[2]
    first = form[form.index("<button") :].partition(">")[0]
    assert "name=" not in first and "disabled" not in first
    answer = makers.send(f"/votes/{ref}/cast", page, ground="safety", reason="they are followed")
    assert answer.status_code == 422 and "Please choose one" in answer.text and "they are followed" in answer.text
    with factory() as session:
        assert not last_casts(session, proposal_by_ref(session, ref))


def test_votes_are_found_by_title_and_state(makers: Member, ref: str) -> None:
    for query, found in (
        ("text=nothing", False),
        ("text=PAY+what", True),
        ("state=closed", False),
        ("state=open", True),
    ):
        page = makers.get(f"/votes?{query}").text
        assert (ref in page) is found and ("No vote matches" in page) is not found


def test_somebody_without_a_vote_mandate_sees_no_buttons_and_casts_nothing(
    app: Flask, settings: Settings, ref: str
) -> None:
    member = Member(app, settings.public_url, "of-b2")
    page = member.get(f"/votes/{ref}")
    assert page.status_code == 200 and 'name="position"' not in page.text
    assert member.send(f"/votes/{ref}/cast", member.get("/me"), position="agree").status_code == 404


@pytest.mark.parametrize("path", ["/votes/V-NONE", "/votes/V-NONE/board.json", "/votes/%00", "/votes/" + "x" * 3000])
def test_unknown_references_answer_alike(makers: Member, path: str) -> None:
    assert makers.get(path).status_code == 404


def test_strangers_see_nothing(app: Flask, settings: Settings, ref: str) -> None:
    for path in ("/votes", f"/votes/{ref}", f"/votes/{ref}/board.json", "/votes/V-NONE"):
        answer = app.test_client().get(path, base_url=settings.public_url)
        assert answer.status_code == 303 and "/login" in answer.headers["Location"]


def test_a_closed_vote_shows_its_statement_and_its_board_counts_again(
    app: Flask,
    settings: Settings,
    ref: str,
    network: Network,
    factory: sessionmaker[Session],
    clock: MovableClock,
) -> None:
    with factory.begin() as session:
        proposal = proposal_by_ref(session, ref)
        for actor in network.delegates.values():
            cast(session, actor, proposal, Position.AGREE)
        cast(session, network.delegates["b1"], proposal, Position.STAND_ASIDE, reason="we bargain with them")
    clock.move(timedelta(days=8))
    makers = Member(app, settings.public_url, "of-m1")
    late = makers.send(f"/votes/{ref}/cast", makers.get("/me"), position="agree")
    assert late.status_code == 422 and "came after that and does not count" in late.text
    with factory.begin() as session:
        close_due(session)
    page = makers.get(f"/votes/{ref}").text
    assert "Adopted: nothing stood against it." in page and "we bargain with them" in page
    board = json.loads(makers.get(f"/votes/{ref}/board.json").data)
    assert recount.recount(board)[-1] == "AGREES with the statement: ADOPTED"
    assert makers.get("/votes/recount.py").data == Path(recount.__file__).read_bytes()
