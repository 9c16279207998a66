"""Letters as browsers meet them: from a draft to a classed answer without JavaScript, and the public check."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.db import read_transaction
from network_app.core.permissions import Duty
from network_app.letters.queries import frozen_mail, letter_by_ref
from network_app.letters.use_cases.sending import mark_letter_sent, mark_letter_uncertain
from tests.conftest import MovableClock
from tests.factories.letters import make_frozen, make_reply, make_target, make_writers
from tests.factories.members import PASSWORD, login, make_organisation, make_person

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')
DRAFT = {
    "target": "Example Brand",
    "step": "private",
    "language": "en",
    "subject": "Wages owed by {{target}}",
    "body": "Dear Sir or Madam,\n\nthe workers ask:\n\n{{demands}}",
    "demands": "pay\nsay which orders ran",
    "days_to_answer": "10",
    "sign_days": "2",
}


@dataclass
class Reader:
    """One browser, signed in or not."""

    app: Flask
    address: str
    handle: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        if self.handle:
            answer = self.send("/login", **login(self.handle))
            assert answer.status_code == 303

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, **fields: str) -> TestResponse:
        found = TOKEN.search(self.get("/login" if path == "/login" else "/letters/new").text)
        return self.client.post(path, base_url=self.address, data={"csrf_token": found[1] if found else "", **fields})


@dataclass
class World:
    app: Flask
    address: str
    factory: sessionmaker[Session]

    def reader(self, handle: str = "") -> Reader:
        return Reader(self.app, self.address, handle)

    def written(self, ref: str = "") -> str:
        """A letter to the brand that `dara` wrote, open for signing."""
        return self.reader("dara").send("/letters/new", **DRAFT).headers["Location"].rsplit("/", 1)[1]


@pytest.fixture
def world(settings: Settings, factory: sessionmaker[Session]) -> World:
    """Three organisations with one person each, a delegate who only votes, and a brand."""
    from network_app.web.app import create_app

    with factory.begin() as session:
        for handle, country in (("dara", "KH"), ("lena", "DE"), ("rupa", "BD")):
            own = make_organisation(session, name=f"Organisation of {handle}", country=country)
            make_person(session, own, duties=[Duty.ACT, Duty.COORDINATE], handle=handle, password=PASSWORD)
        make_person(session, own, duties=[Duty.VOTE], handle="onlyvotes", password=PASSWORD)
        make_target(session, name="Example Brand")
    return World(create_app(settings, factory), settings.public_url, factory)


def release(world: World, handle: str, ref: str) -> TestResponse:
    reader = world.reader(handle)
    seen = SEEN.search(reader.get(f"/letters/{ref}").text)
    assert seen is not None, "no release button"
    return reader.send(f"/letters/{ref}/release", seen=seen[1])


def test_a_letter_is_written_signed_released_and_taken_away(world: World) -> None:
    ref = world.written()
    page = world.reader("lena").get(f"/letters/{ref}").text
    assert "Wages owed by Example Brand" in page and "<li>say which orders ran</li>" in page
    assert "do not tell the factory" in page and "Sign for my organisation" in page
    for handle in ("dara", "rupa"):
        assert world.reader(handle).send(f"/letters/{ref}/sign").status_code == 303
    assert world.reader("dara").send(f"/letters/{ref}/close-signing").status_code == 303
    page = world.reader("dara").get(f"/letters/{ref}").text
    assert "You wrote this letter" in page and "waits for two people to release it" in page
    # Who releases it reads before where it goes.
    assert re.search(r"<strong>press\d+@brand.test</strong>", page)
    assert release(world, "lena", ref).status_code == 303
    assert "You released this letter" in world.reader("lena").get(f"/letters/{ref}").text
    assert release(world, "rupa", ref).status_code == 303

    page = world.reader("dara").get(f"/letters/{ref}").text
    assert "It leaves at" in page
    with read_transaction(world.factory) as session:
        mail = frozen_mail(session, letter_by_ref(session, ref).id)
    taken = {kind: world.reader("lena").get(f"/letters/{ref}/letter.{kind}") for kind in ("pdf", "txt", "html")}
    assert taken["pdf"].data == mail.pdf and taken["txt"].text == mail.text and taken["html"].text == mail.html
    assert all("sandbox" in answer.headers["Content-Security-Policy"] for answer in taken.values())
    assert hashlib.sha256(taken["pdf"].data).hexdigest() in page


def test_a_company_without_an_address_is_pointed_out_before_the_release(world: World) -> None:
    with world.factory.begin() as session:
        make_target(session, name="Only A Form", email=None)
    ref = world.reader("dara").send("/letters/new", **DRAFT | {"target": "Only A Form"}).headers["Location"]
    page = world.reader("lena").get(ref).text
    assert "Only A Form has no mail address on record" in page and 'href="/brands/only-a-form"' in page


def test_a_page_that_is_out_of_date_releases_nothing(world: World) -> None:
    ref = world.written()
    world.reader("dara").send(f"/letters/{ref}/sign")
    world.reader("dara").send(f"/letters/{ref}/close-signing")
    assert world.reader("lena").send(f"/letters/{ref}/release", seen="0" * 64).status_code == 409
    assert world.reader("lena").send(f"/letters/{ref}/release").status_code == 409
    assert "waits for two people to release it" in world.reader("lena").get(f"/letters/{ref}").text


WRONG = [
    ("target", "No Such Brand"),
    ("target", ""),
    ("subject", ""),
    ("subject", "x" * 300),
    ("subject", "\u202eevil"),
    ("body", ""),
    ("body", "x" * 1_000_000),
    ("body", "{{config}}"),
    ("body", "a\x00b"),
    ("language", "xx"),
    ("step", "public"),
    ("step", "reminder"),
    ("days_to_answer", "soon"),
    ("days_to_answer", "0"),
    ("days_to_answer", "-1"),
    ("sign_days", "9999"),
    ("demands", "\x07"),
]


def test_a_wrong_field_is_named_and_the_rest_is_kept(world: World) -> None:
    dara = world.reader("dara")
    for field, value in WRONG:
        answer = dara.send("/letters/new", **(DRAFT | {field: value}))
        assert answer.status_code == 422, (field, value[:20])
        assert f'href="#{field}"' in answer.text, (field, value[:20])
        kept = "Wages owed by {{target}}" if field != "subject" else "say which orders ran"
        assert kept in answer.text


def test_a_change_is_kept_and_signatures_fall(world: World) -> None:
    ref = world.written()
    world.reader("rupa").send(f"/letters/{ref}/sign")
    dara = world.reader("dara")
    assert "Wages owed" in dara.get(f"/letters/{ref}/change").text
    assert dara.send(f"/letters/{ref}/change", subject="Other", body="{{nobody}}").status_code == 422
    assert dara.send(f"/letters/{ref}/change", subject="Other", body="Words.", sign_days="1").status_code == 303
    page = dara.get(f"/letters/{ref}").text
    assert "No organisation has signed this text yet" in page and "Other" in page


def test_an_answer_is_classed_and_a_silence_confirmed(world: World, clock: MovableClock) -> None:
    with world.factory.begin() as session:
        writers = make_writers(session)
        answered, silent = make_frozen(session, writers), make_frozen(session, writers)
        for letter in (answered, silent):
            mark_letter_sent(session, letter_id=letter.id)
        reply = make_reply(session, answered, text="<script>alert(1)</script> We pay.")
        make_person(session, writers.organisations[1], duties=[Duty.ACT], handle="releaser", password=PASSWORD)
    outsider, lena = world.reader("lena"), world.reader("releaser")
    page = lena.get(f"/letters/{answered.ref}").text
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    path = f"/letters/{answered.ref}/replies/{reply.id}"
    assert lena.send(path).status_code == 422
    assert lena.send(f"/letters/{silent.ref}/replies/{reply.id}", klass="partial").status_code == 404
    assert outsider.send(path, klass="partial").status_code == 404
    assert lena.send(path, klass="partial", note="no date").status_code == 303
    assert "partial: it answers some of it" in lena.get(f"/letters/{answered.ref}").text
    assert "I looked: there is no answer" not in lena.get(f"/letters/{silent.ref}").text
    clock.move(timedelta(days=30))
    lena = world.reader("releaser")
    assert "I looked: there is no answer" in lena.get(f"/letters/{silent.ref}").text
    assert lena.send(f"/letters/{silent.ref}/mailbox").status_code == 303
    assert "releaser looked into the mailbox" in lena.get(f"/letters/{silent.ref}").text


def test_a_call_is_entered(world: World) -> None:
    with world.factory.begin() as session:
        letter = make_frozen(session, make_writers(session))
        mark_letter_sent(session, letter_id=letter.id)
    lena, path = world.reader("lena"), f"/letters/{letter.ref}/contacts"
    wrong = lena.send(path, **{"contact-kind": "call", "contact-happened_on": "yesterday", "contact-summary": "x"})
    assert wrong.status_code == 422 and 'href="#contact-happened_on"' in wrong.text
    fields = {"contact-kind": "call", "contact-happened_on": "2026-01-02", "contact-summary": "They will call back."}
    assert lena.send(path, **fields).status_code == 303
    assert "They will call back." in lena.get(f"/letters/{letter.ref}").text


def test_doubt_and_recall_are_asked_for_in_words(world: World) -> None:
    with world.factory.begin() as session:
        writers = make_writers(session)
        doubtful, stopped = make_frozen(session, writers), make_frozen(session, writers)
        mark_letter_uncertain(session, letter_id=doubtful.id)
        make_person(session, writers.organisations[0], duties=[Duty.ACT], handle="author", password=PASSWORD)
    lena = world.reader("author")
    assert "Did it arrive?" in lena.get(f"/letters/{doubtful.ref}").text
    assert lena.send(f"/letters/{doubtful.ref}/resolve", arrived="yes").status_code == 422
    assert lena.send(f"/letters/{doubtful.ref}/resolve", arrived="yes", how_known="a call").status_code == 303
    assert lena.send(f"/letters/{stopped.ref}/recall").status_code == 422
    assert lena.send(f"/letters/{stopped.ref}/recall", reason="they called").status_code == 303
    assert "they called" in lena.get(f"/letters/{stopped.ref}").text


def test_who_only_votes_reads_and_does_nothing(world: World) -> None:
    ref, reader = world.written(), world.reader("onlyvotes")
    page = reader.get(f"/letters/{ref}").text
    assert "Wages owed" in page and f"/letters/{ref}/sign" not in page
    assert reader.get("/letters/new").status_code == 404
    for act in ("sign", "release", "close-signing", "recall", "change"):
        answer = reader.client.post(
            f"/letters/{ref}/{act}",
            base_url=reader.address,
            data={"csrf_token": TOKEN.search(page)[1], **DRAFT},  # type: ignore[index]  # the page has one
        )
        assert answer.status_code in (404, 422)


def test_strangers_see_no_letter_and_unknown_ones_look_alike(world: World) -> None:
    ref, stranger = world.written(), world.reader()
    for path in (f"/letters/{ref}", "/letters", f"/letters/{ref}/letter.pdf", "/letters/L-ZZZZ"):
        assert stranger.get(path).status_code == 303
    dara = world.reader("dara")
    assert dara.get("/letters/L-ZZZZ").status_code == 404
    assert dara.get(f"/letters/{ref}/letter.pdf").status_code == 404
    assert dara.get(f"/letters/{ref}/letter.exe").status_code == 404


def test_a_letter_about_a_restricted_case_does_not_show(world: World) -> None:
    with world.factory.begin() as session:
        writers = make_writers(session)
        letter = make_frozen(session, writers, appeal_id=uuid4())
        make_person(session, writers.organisations[0], duties=[Duty.ACT], handle="author", password=PASSWORD)
    lena = world.reader("lena")
    assert lena.get(f"/letters/{letter.ref}").status_code == 404
    assert letter.ref not in lena.get("/letters").text and "0 letters" in lena.get("/letters").text
    assert lena.send(f"/letters/{letter.ref}/recall", reason="x").status_code == 404
    author = world.reader("author")
    assert letter.ref in author.get("/letters").text
    assert "not verified" in author.get(f"/letters/{letter.ref}").text


def test_the_list_is_searched_and_filtered(world: World) -> None:
    ref, dara = world.written(), world.reader("dara")
    assert ref in dara.get("/letters?text=example").text
    assert ref in dara.get(f"/letters?text={ref.lower()}&state=signing").text
    for query in ("text=100%25", "state=sent", "text=_xample", "state=nonsense&text=zz", "page=99"):
        assert f">{ref}<" not in dara.get(f"/letters?{query}").text


def test_anybody_checks_a_letter_without_a_login(world: World) -> None:
    with world.factory.begin() as session:
        letter = make_frozen(session, make_writers(session), target=make_target(session, name="Hidden Brand"))
        pdf = frozen_mail(session, letter.id).pdf
    stranger, real = world.reader(), hashlib.sha256(pdf).hexdigest()
    answer = stranger.get(f"/verify/{real}")
    assert answer.status_code == 200 and "Yes, this letter is ours" in answer.text and "private letter" in answer.text
    assert "Hidden Brand" not in answer.text and letter.ref not in answer.text
    assert answer.headers["Cache-Control"].startswith("public") and "Set-Cookie" not in answer.headers
    told = stranger.get(f"/verify/{real}.json").json
    dated = letter.dated_on.isoformat() if letter.dated_on else None
    assert told == {"sha256": real, "ours": True, "withdrawn": False, "target": None, "dated": dated}
    forged = hashlib.sha256(pdf[:-1]).hexdigest()
    assert "this is not ours" in stranger.get(f"/verify/{forged}").text
    assert stranger.get(f"/verify/{forged}.json").json["ours"] is False  # type: ignore[index]  # it is JSON
    assert "this is not ours" in stranger.get("/verify/<script>").text
    assert stranger.get(f"/verify?sha256=%20{real}").headers["Location"].endswith(real)
    assert stranger.get("/verify").status_code == 200
