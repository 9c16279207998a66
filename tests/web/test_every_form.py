"""Every form on every page: what cannot be used is refused by name, and nothing else that was typed is lost.

The forms are found by walking through the pages as three people and as the holder of a receipt, so a new form is
tested the day it appears. Filing (`/file`) goes over seven pages and has a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.web.app import create_app
from tests.factories.whole import PEOPLE, Whole
from tests.web.crawling import Browser, Field, Form, Page

MEGABYTE = "x" * 1_000_000
BAD = {
    "control character": "word\x00word",
    "escape": "word\x1b[31mword",
    "right-to-left override": "word\u202edrow",
    "one megabyte": MEGABYTE,
}
# Forms of which not every promise is checked here, and where it is.
LEFT_OUT = {
    "sign_in.login_now": "its passwords are not shown again, and wrong tries are throttled: test_members_pages.py",
    "intake.go_on": "seven pages: test_file.py",
    "intake.kept": "shown once, after filing: test_file.py",
    "response.ask": "open before the first round only: test_calls_and_fan_out.py",
}
# Without these the walk would have found less than there is.
EXPECTED = {
    "members.grant",
    "members.password",
    "targets.add_brand",
    "targets.claim",
    "targets.add_statement",
    "targets.review",
    "votes.write_proposal",
    "votes.open_proposal",
    "votes.cast",
    "letters.draft",
    "letters.keep_change",
    "letters.judge",
    "letters.resolve",
    "letters.by_hand",
    "letters.recall",
    "letters.contact",
    "appeals.triage",
    "appeals.verify",
    "appeals.question",
    "appeals.news",
    "appeals.consent",
    "appeals.facility",
    "response.answer",
    "texts.write",
    "texts.update",
    "remedy.name_by_hand",
    "remedy.add",
    "remedy.pay",
    "remedy.receive",
    "campaigns.propose",
    "campaigns.draft",
    "campaigns.talks",
    "intake.come_in",
    "intake.add",
    "intake.answer",
    "intake.danger",
}

# Thousands of requests; on a machine that does other work too, that takes its time.
pytestmark = pytest.mark.timeout(1200)


@dataclass
class Found:
    """A form with who saw it and where."""

    endpoint: str
    browser: Browser
    page: str
    form: Form


@pytest.fixture
def app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    return create_app(settings, factory)


@pytest.fixture
def whole(factory: sessionmaker[Session]) -> Whole:
    with transaction(factory) as session:
        return Whole(session)


def browsers(app: Flask, settings: Settings, whole: Whole) -> Iterator[tuple[Browser, str]]:
    stranger = Browser(app, settings.public_url)
    yield stranger, "/"
    for name in PEOPLE:
        browser = Browser(app, settings.public_url)
        browser.sign_in(name)
        yield browser, "/today"
    filer = Browser(app, settings.public_url)
    assert filer.post("/r", number=whole.receipt).status_code == 303
    yield filer, "/r"


def forms(app: Flask, settings: Settings, whole: Whole) -> dict[str, Found]:
    """Each form once, by the name of the view that takes it; of several alike the one with the most fields."""
    found: dict[str, Found] = {}
    for browser, start in browsers(app, settings, whole):
        for path, answer in browser.pages(start, "/facilities/import"):
            if answer.mimetype != "text/html":
                continue
            for form in Page(answer.text).forms:
                if form.method != "post":
                    continue
                endpoint = browser.endpoint(form.action or path, "POST")
                known = found.get(endpoint)
                if known is None or len(form.fields) > len(known.form.fields):
                    found[endpoint] = Found(endpoint, browser, path, form)
    return found


def plausible(form: Form) -> dict[str, str]:
    """The form filled in, so that what is kept can be told from what was there before."""
    values = form.sent()
    for each in form.fields:
        if each.kind in ("text", "textarea", "search"):
            values[each.name] = f"Kept words for {each.name}"
        elif each.kind == "date":
            values[each.name] = "2020-07-01"
        elif each.kind == "select":
            values[each.name] = next((option for option in each.options if option), "")
        elif each.kind == "radio":
            values.setdefault(each.name, each.value)
    return values


def send(found: Found, values: dict[str, str]) -> tuple[int, str]:
    kind = "multipart/form-data" if found.form.many_parts else "application/x-www-form-urlencoded"
    answer = found.browser.client.post(
        found.form.action or found.page, base_url=found.browser.address, data=values, content_type=kind
    )
    return answer.status_code, answer.text


def complaint(found: Found, field: Field, name: str, bad: str) -> str | None:
    """What is wrong with the answer to one bad field; None if it is as promised."""
    values = plausible(found.form)
    values[field.name] = bad
    status, text = send(found, values)
    if status != 422:
        return f"{name}: status {status} instead of 422"
    page = Page(text)
    # A group of choices is named by its frame, one field by its own id.
    if not page.wrong & {field.id, field.name, field.id.rpartition("-")[0]}:
        return f"{name}: the field is not named (named: {sorted(page.wrong)})"
    again = [form for form in page.forms if form.action == found.form.action]
    if not again:
        return f"{name}: the form does not come back"
    kept = [form.sent() for form in again]
    lost = [
        each.name
        for each in found.form.fields
        if each.name != field.name
        and each.kind in ("text", "textarea", "select", "date", "radio")
        and not any(form.get(each.name, "").strip() == values.get(each.name, "").strip() for form in kept)
    ]
    return f"{name}: lost {lost}" if lost else None


def test_every_bad_value_is_refused_by_name_and_the_rest_is_kept(app: Flask, settings: Settings, whole: Whole) -> None:
    found = forms(app, settings, whole)
    wrong = [f"{endpoint} was not met on the way" for endpoint in sorted(EXPECTED - set(found))]
    for each in found.values():
        if each.endpoint in LEFT_OUT:
            continue
        for field in each.form.fields:
            if field.kind not in {"text", "textarea", "search", "date"}:
                continue
            for name, bad in BAD.items():
                said = complaint(each, field, name, bad)
                if said:
                    wrong.append(f"{each.endpoint}.{field.name} on {each.page}: {said}")
    assert not wrong, "\n".join(wrong)


def test_a_choice_that_was_not_offered_is_refused(app: Flask, settings: Settings, whole: Whole) -> None:
    wrong = []
    for each in forms(app, settings, whole).values():
        for field in {field.name: field for field in each.form.fields if field.kind in ("select", "radio")}.values():
            said = complaint(each, field, "not offered", "\u202ex" * 50)
            if said and each.endpoint not in LEFT_OUT:
                wrong.append(f"{each.endpoint}.{field.name} on {each.page}: {said}")
    assert not wrong, "\n".join(wrong)


def test_an_empty_form_breaks_nothing(app: Flask, settings: Settings, whole: Whole) -> None:
    wrong = []
    for each in forms(app, settings, whole).values():
        token = {"csrf_token": each.form.sent().get("csrf_token", "")}
        if each.form.typed() and send(each, token)[0] >= 500:
            wrong.append(each.endpoint)
        # What a browser fills in by itself, changed by somebody.
        hidden = {field.name: "\x00\u202e" for field in each.form.fields if field.kind == "hidden"}
        if send(each, plausible(each.form) | hidden | token)[0] >= 500:
            wrong.append(f"{each.endpoint}: {sorted(hidden)}")
    assert not wrong, wrong
