"""Filing as a stranger does it: no account, no cookies, no JavaScript, and a phone that makes mistakes."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

import network_app
from network_app.core import audit
from network_app.core.config import Settings
from network_app.core.outbox import Outgoing
from network_app.web.app import create_app
from tests.factories.urgent_appeals import a_photo, make_region
from tests.web.reading import Page
from urgent_appeals.forms.intake import STEPS, FilingForm
from urgent_appeals.models import Appeal, Evidence
from urgent_appeals.rules.receipts import read_receipt

ADDRESS = "http://127.0.0.1:8000"
ANSWERS: dict[str, str] = {
    "clock": "harm",
    "country": "KH",
    "account": "The factory closed.\nNobody was paid.",
    "wanted": "Our severance pay",
    "workers_count": "1284",
    "workplace": "Violet Apparel",
    "place": "Phnom Penh",
    "brands": "Nike, C&A",
    "contact": "Signal, after eight",
    "basis": "self",
    "share_with_network": "y",
}
TYPED = ("account", "wanted", "workers_count", "workplace", "place", "brands", "contact")
PLAIN = str.maketrans({" ": "-", "_": "-"})
REQUIRED = ("clock", "country", "account", "wanted", "basis")


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """The web application on this test's database."""
    return create_app(settings, factory)


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """A browser that refuses cookies."""
    return app.test_client(use_cookies=False)


def send(phone: FlaskClient, data: dict[str, Any], path: str = "/file") -> TestResponse:
    """Send a form as a browser does."""
    return phone.post(path, data=data, base_url=ADDRESS)


def walk(phone: FlaskClient, answers: dict[str, str], *, upto: int = len(STEPS)) -> dict[str, str]:
    """Fill in page after page like a person; what the last page would send."""
    page = Page(phone.get("/file", base_url=ADDRESS).text)
    for number, names in enumerate(STEPS[: upto - 1], start=1):
        values = page.form("/file").values | {name: answers[name] for name in names if answers.get(name)}
        assert values["step"] == str(number)
        answer = send(phone, values | {"next": "1"})
        assert answer.status_code == 200, Page(answer.text).wrong
        page = Page(answer.text)
    return page.form("/file").values


def test_filing_page_by_page_without_cookies(phone: FlaskClient, session: Session) -> None:
    last = walk(phone, ANSWERS)
    answer = send(phone, last | {"send": "1", "photo": (io.BytesIO(a_photo()), "me.jpg")})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    appeal = session.scalars(select(Appeal)).one()
    told = {name: getattr(appeal, name) for name in TYPED if name != "workers_count"}
    assert told == {name: ANSWERS[name] for name in told}
    assert (appeal.workers_count, appeal.country, appeal.clock) == (1284, "KH", "harm")
    assert session.scalar(select(func.count()).select_from(Evidence)) == 1
    assert number_on(answer)


def number_on(answer: TestResponse) -> str | None:
    """The receipt number that a page shows."""
    shown = answer.text.partition('class="receipt"')[2].partition(">")[2].partition("<")[0]
    return read_receipt(shown)


def test_the_same_form_sent_twice_is_one_appeal(phone: FlaskClient, session: Session) -> None:
    last = walk(phone, ANSWERS)
    first, second = send(phone, last | {"send": "1"}), send(phone, last | {"send": "1"})
    assert number_on(first) == number_on(second) is not None
    assert session.scalar(select(func.count()).select_from(Appeal)) == 1


def test_going_back_keeps_what_was_typed(phone: FlaskClient) -> None:
    values = walk(phone, ANSWERS, upto=4)
    back = Page(send(phone, values | {"workplace": "half a na", "back": "1"}).text).form("/file").values
    assert (back["step"], back["wanted"], back["workplace"]) == ("3", ANSWERS["wanted"], "half a na")


BAD: dict[str, str] = {
    "empty": "   ",
    "too long": "x" * 20_001,
    "control characters": "a\x00b\x07c",
    "right-to-left override": "a\u202eb\u2066c",
    "a megabyte": "z" * 1_000_000,
    "a wrong type": "twelve ½ -3 1e9999 <b>",
    "a wrong choice": "../../etc",
}


def _is_refused(name: str, kind: str) -> bool:
    if kind == "empty":
        return name in REQUIRED
    if kind == "a wrong type":
        return name in ("clock", "country", "workers_count", "basis")
    if kind == "a wrong choice":
        return name in ("clock", "country", "workers_count", "basis")
    return True


@pytest.mark.parametrize("kind", BAD)
def test_every_field_with_every_bad_input(phone: FlaskClient, session: Session, kind: str) -> None:
    last = walk(phone, ANSWERS)
    for name in (*REQUIRED, *(each for each in TYPED if each not in REQUIRED)):
        sent = last | {name: BAD[kind], "send": "1"}
        answer = send(phone, sent | {"client_id": f"{name}-{kind}-0123456789abcdef".translate(PLAIN)})
        if not _is_refused(name, kind):
            assert answer.status_code == 200, (name, kind)
            continue
        assert answer.status_code == 422, (name, kind)
        page = Page(answer.text)
        assert page.wrong == [name], (name, kind)
        kept = page.form("/file").values
        others = {each: kept.get(each) for each in ANSWERS if each != name}
        assert others == {each: ANSWERS[each] for each in others}, (name, kind)


def test_a_bad_answer_is_met_on_its_own_page(phone: FlaskClient) -> None:
    page = Page(phone.get("/file", base_url=ADDRESS).text)
    answer = send(phone, page.form("/file").values | {"next": "1"})
    assert (answer.status_code, Page(answer.text).wrong) == (422, ["clock", "country"])


def test_a_form_without_its_own_id_gets_a_new_one(phone: FlaskClient, session: Session) -> None:
    last = walk(phone, ANSWERS) | {"send": "1"}
    answer = send(phone, last | {"client_id": "short"})
    assert answer.status_code == 422
    assert send(phone, Page(answer.text).form("/file").values | {"send": "1"}).status_code == 200


@pytest.mark.parametrize("step", ["", "0", "-1", "99", "1e3", "٣", "x" * 1000])
def test_a_nonsense_step_breaks_nothing(phone: FlaskClient, step: str) -> None:
    assert send(phone, {"step": step, "next": "1"}).status_code in (200, 422)


def test_what_is_no_photo_keeps_everything_else(phone: FlaskClient, session: Session) -> None:
    last = walk(phone, ANSWERS)
    answer = send(phone, last | {"send": "1", "photo": (io.BytesIO(b"MZ not a picture"), "me.jpg")})
    assert (answer.status_code, Page(answer.text).wrong) == (422, ["photo"])
    assert Page(answer.text).form("/file").values["account"] == ANSWERS["account"]
    assert session.scalar(select(func.count()).select_from(Appeal)) == 0


def test_the_first_page_fits_a_slow_network(phone: FlaskClient) -> None:
    first = phone.get("/file", base_url=ADDRESS)
    style = Path(network_app.__file__).parent / "static" / "style.css"
    weight = len(gzip.compress(first.data, 6)) + len(gzip.compress(style.read_bytes(), 6))
    assert weight <= 10_000
    assert first.text.count("<link") - first.text.count('href="data:') == 1
    assert "<script" not in first.text
    assert "<img" not in first.text


def test_emergency_numbers_and_other_help_stand_on_the_first_page(phone: FlaskClient) -> None:
    text = phone.get("/file", base_url=ADDRESS).text
    for number in ("999", "117", "112", "119", "15", "191", "110", "113"):
        assert f'href="tel:{number}"' in text
    for body in ("Front Line Defenders", "ILO", "ITUC"):
        assert body in text


def test_bengali_is_carried_without_a_cookie(phone: FlaskClient, session: Session) -> None:
    page = Page(phone.get("/file?lang=bn", base_url=ADDRESS).text)
    assert page.form("/file").action == "/file?lang=bn"
    last = walk(phone, ANSWERS)
    answer = send(phone, last | {"send": "1"}, "/file?lang=bn")
    assert session.scalars(select(Appeal)).one().language == "bn"
    assert answer.text.count('class="receipt"') == 2
    own = answer.text.split('class="receipt"')[2].partition(">")[2].partition("<")[0]
    assert read_receipt(own) == number_on(answer)
    assert not own.isascii()


def test_no_word_of_the_case_leaves_it(
    phone: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    make_region(session)
    session.commit()
    canaries = {name: f"CANARY{name.upper()}" for name in TYPED if name != "workers_count"}
    answer = send(phone, walk(phone, ANSWERS | canaries) | {"send": "1"})
    assert answer.status_code == 200
    number = number_on(answer) or ""
    written = [f"{row.key}{row.values}{row.recipient}" for row in session.scalars(select(Outgoing))]
    appeal = session.scalars(select(Appeal)).one()
    for chain in (audit.AUDIT, f"appeal:{appeal.id}"):
        written += [str(link.body) for link in audit.links(session, chain)]
    out = capfd.readouterr()
    written += [caplog.text, out.out, out.err, Page(answer.text).title, str(answer.headers)]
    assert written[0]
    everything = "".join(written)
    assert "CANARY" not in everything
    assert number not in everything.replace(" ", "")
    stored = b"".join(value for value in vars(appeal).values() if isinstance(value, bytes))
    assert b"CANARY" not in stored


def test_the_form_knows_every_field_of_the_pages() -> None:
    names = [name for step in STEPS for name in step]
    assert len(names) == len(set(names))
    assert set(names) == {name for name in vars(FilingForm) if name in {*ANSWERS, "photo"}}
