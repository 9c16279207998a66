"""Coming back with the number on the paper."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.web.app import create_app
from tests.factories.urgent_appeals import a_photo, make_filed, make_region
from tests.web.reading import Page
from urgent_appeals.models import Appeal, Evidence, WrongReceipt
from urgent_appeals.rules.receipts import in_groups, in_numerals
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.intake import Filed
from urgent_appeals.use_cases.talking import ask_filer, tell_filer

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """The web application on this test's database."""
    return create_app(settings, factory)


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """The filer's browser."""
    return app.test_client()


@pytest.fixture
def filed(session: Session) -> Filed:
    """An appeal with its receipt."""
    done = make_filed(session)
    session.commit()
    return done


def come_in(phone: FlaskClient, number: str | None) -> TestResponse:
    """Type the number."""
    return phone.post("/r", data={"number": number or ""}, base_url=ADDRESS)


def look(phone: FlaskClient) -> Page:
    """The page behind the receipt."""
    return Page(phone.get("/r", base_url=ADDRESS).text)


def press(phone: FlaskClient, action: str, **more: object) -> TestResponse:
    """Send one form of the page."""
    form = look(phone).form(action)
    return phone.post(form.action, data=form.values | more, base_url=ADDRESS)


def test_the_number_opens_the_page_and_stands_in_no_address(phone: FlaskClient, filed: Filed) -> None:
    assert filed.receipt
    answer = come_in(phone, in_numerals(in_groups(filed.receipt), "bn"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/r")
    text = phone.get("/r", base_url=ADDRESS).text
    assert "The severance pay that the law gives us." in text
    assert filed.receipt not in text.replace(" ", "") + str(answer.headers)
    assert filed.appeal.ref not in text


@pytest.mark.parametrize(
    "typed", ["", "1234 5678 9012 3456", "hello", "1" * 5000, "a\x00b", "\u202e123", "0" * 1_000_000]
)
def test_a_wrong_number_is_named_and_counted(phone: FlaskClient, filed: Filed, session: Session, typed: str) -> None:
    answer = come_in(phone, typed)
    assert (answer.status_code, Page(answer.text).wrong) == (422, ["number"])
    assert "Set-Cookie" not in answer.headers
    look_up = session.scalar(select(func.count()).select_from(WrongReceipt))
    assert look_up == (1 if typed in ("1234 5678 9012 3456", "hello") else 0)


def test_after_twenty_wrong_numbers_a_right_one_has_to_wait(phone: FlaskClient, filed: Filed) -> None:
    for _ in range(20):
        come_in(phone, "1234 5678 9012 3456")
    answer = come_in(phone, filed.receipt)
    assert answer.status_code == 422
    assert "Location" not in answer.headers


def test_a_question_is_answered_and_a_photo_added(phone: FlaskClient, filed: Filed, session: Session) -> None:
    region = make_region(session)
    ask_filer(session, region.triager, ref=filed.appeal.ref, text="Since when?")
    tell_filer(session, region.triager, ref=filed.appeal.ref, text="We look into it.")
    session.commit()
    come_in(phone, filed.receipt)
    form = look(phone).form("/r/answer/")
    name = next(name for name in form.values if name.endswith("-text"))
    assert phone.post(form.action, data=form.values | {name: "Since May."}, base_url=ADDRESS).status_code == 303
    assert press(phone, "/r/add", text="And more", photo=(io.BytesIO(a_photo()), "x.jpg")).status_code == 303
    text = phone.get("/r", base_url=ADDRESS).text
    for words in ("Since when?", "Since May.", "We look into it.", "And more", "1 photo"):
        assert words in text
    assert session.scalar(select(func.count()).select_from(Evidence)) == 1


def test_what_is_wrong_comes_back_with_what_was_typed(phone: FlaskClient, filed: Filed) -> None:
    come_in(phone, filed.receipt)
    answer = press(phone, "/r/add", text="x" * 20_001)
    assert answer.status_code == 422
    assert Page(answer.text).form("/r/add").values["text"] == "x" * 20_001
    assert press(phone, "/r/add", text="").status_code == 422
    bad = press(phone, "/r/add", text="kept words", photo=(io.BytesIO(b"no"), "x.jpg"))
    assert (bad.status_code, Page(bad.text).form("/r/add").values["text"]) == (422, "kept words")


def test_stop_publication_is_one_press(phone: FlaskClient, filed: Filed, session: Session) -> None:
    come_in(phone, filed.receipt)
    assert press(phone, "/r/stop").status_code == 303
    appeal = session.get_one(Appeal, filed.appeal.id, populate_existing=True)
    assert appeal.publication_stopped_at is not None
    assert "Publication is stopped" in phone.get("/r", base_url=ADDRESS).text


def test_other_presses(phone: FlaskClient, filed: Filed, session: Session) -> None:
    come_in(phone, filed.receipt)
    assert press(phone, "/r/consent").status_code == 303
    assert press(phone, "/r/stop-everything").status_code == 303
    form = look(phone).form("/r/danger")
    sent = form.values | {"danger-text": "They arrested two."}
    assert phone.post("/r/danger", data=sent, base_url=ADDRESS).status_code == 303
    assert press(phone, "/r/take-back").status_code == 303
    appeal = session.get_one(Appeal, filed.appeal.id, populate_existing=True)
    assert (appeal.stage, appeal.clock) == (Stage.WITHDRAWN, "danger")


def test_a_retired_number_opens_nothing_and_shuts_the_page(phone: FlaskClient, app: Flask, filed: Filed) -> None:
    other = app.test_client()
    come_in(other, filed.receipt)
    come_in(phone, filed.receipt)
    assert press(phone, "/r/retire").status_code == 303
    assert come_in(phone, filed.receipt).status_code == 422
    assert not any(form.action.startswith("/r/add") for form in look(other).forms)


def test_a_new_number_replaces_the_old(phone: FlaskClient, filed: Filed) -> None:
    come_in(phone, filed.receipt)
    shown = press(phone, "/r/replace").text.partition('class="receipt"')[2].partition(">")[2].partition("<")[0]
    assert come_in(phone, filed.receipt).status_code == 422
    assert come_in(phone, shown).status_code == 303


@pytest.mark.parametrize(
    "path", ["add", "danger", "stop", "stop-everything", "take-back", "consent", "replace", "retire"]
)
def test_without_the_number_no_act_is_possible(phone: FlaskClient, filed: Filed, session: Session, path: str) -> None:
    answer = phone.post(f"/r/{path}", data={"text": "x", "use": "publish"}, base_url=ADDRESS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/r")
    assert session.get_one(Appeal, filed.appeal.id, populate_existing=True).publication_stopped_at is None


def test_an_act_needs_the_token_of_the_page(phone: FlaskClient, filed: Filed, session: Session) -> None:
    come_in(phone, filed.receipt)
    assert phone.post("/r/stop", base_url=ADDRESS).status_code == 422
    assert session.get_one(Appeal, filed.appeal.id, populate_existing=True).publication_stopped_at is None


def test_leaving_shuts_the_page(phone: FlaskClient, filed: Filed) -> None:
    come_in(phone, filed.receipt)
    answer = phone.get("/leave", base_url=ADDRESS)
    assert answer.status_code == 303
    assert "127.0.0.1" not in answer.headers["Location"]
    assert look(phone).form("/r").values == {"number": ""}


def test_the_page_is_kept_nowhere(phone: FlaskClient, filed: Filed) -> None:
    come_in(phone, filed.receipt)
    assert phone.get("/r", base_url=ADDRESS).headers["Cache-Control"] == "no-store"
