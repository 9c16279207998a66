"""Every page: looking changes nothing. Every form on it: what cannot be used is refused by name, and nothing is lost.

Pages and forms are found by walking as a stranger, as three people and as the holder of a receipt, so a new one is
tested the day it appears. Filing (`/file`) goes over seven pages and has a test of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers import PostgresDatabases, SqliteDatabases
from tests.web.crawling import Browser, Field, Form, Page
from tests.web.walked import Walk, dump, walked

STRANGE = (
    "text=%00&country=%00",
    "page=-1&text=%E2%80%AE&stage=none&state=x&clock=x&country=x&language=x&template=x&class=x&target=x&kind=x",
)
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


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One walk for each kind of database. Tests that send what may be taken stand at the end of this file."""
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(f"{request.param}_databases")
    url = databases.fresh()
    with walked(url, tmp_path_factory.mktemp("walk")) as done:
        yield done
    databases.drop(url)


@pytest.fixture(scope="module")
def forms(walk: Walk) -> dict[str, Found]:
    """Each form once, by the name of the view that takes it; of several alike the one with the most fields."""
    found: dict[str, Found] = {}
    for one in walk.seen:
        for form in one.shown.forms if one.shown else ():
            if form.method != "post":
                continue
            endpoint = one.browser.endpoint(form.action or one.path, "POST")
            known = found.get(endpoint)
            if known is None or len(form.fields) > len(known.form.fields):
                found[endpoint] = Found(endpoint, one.browser, one.path, form)
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


def test_looking_changes_nothing_and_no_page_is_broken(walk: Walk) -> None:
    # A link that we show leads somewhere.
    broken = [(one.path, one.answer.status_code) for one in walk.seen if one.answer.status_code >= 400]
    assert not [(path, status) for path, status in broken if status != 503]
    assert len(walk.seen) > 500
    assert walk.after == walk.before


def test_a_page_asked_for_with_strange_questions_answers_all_the_same(walk: Walk) -> None:
    asked: Counter[str] = Counter()
    for one in walk.seen:
        view = one.browser.endpoint(one.path, "GET")
        asked[view] += 1
        for strange in STRANGE if asked[view] <= 3 else ():
            answer = one.browser.get(f"{one.path.partition('?')[0]}?{strange}")
            assert answer.status_code < 500, (one.path, strange, answer.status_code)
    assert len(asked) > 60
    assert dump(walk.factory) == walk.before


def test_every_bad_value_is_refused_by_name_and_the_rest_is_kept(forms: dict[str, Found]) -> None:
    wrong = [f"{endpoint} was not met on the way" for endpoint in sorted(EXPECTED - set(forms))]
    for each in forms.values():
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


def test_a_choice_that_was_not_offered_is_refused(forms: dict[str, Found]) -> None:
    wrong = []
    for each in forms.values():
        for field in {field.name: field for field in each.form.fields if field.kind in ("select", "radio")}.values():
            said = complaint(each, field, "not offered", "\u202ex" * 50)
            if said and each.endpoint not in LEFT_OUT:
                wrong.append(f"{each.endpoint}.{field.name} on {each.page}: {said}")
    assert not wrong, "\n".join(wrong)


def test_an_empty_form_breaks_nothing(forms: dict[str, Found]) -> None:
    wrong = []
    for each in forms.values():
        token = {"csrf_token": each.form.sent().get("csrf_token", "")}
        if each.form.typed() and send(each, token)[0] >= 500:
            wrong.append(each.endpoint)
        # What a browser fills in by itself, changed by somebody.
        hidden = {field.name: "\x00\u202e" for field in each.form.fields if field.kind == "hidden"}
        if send(each, plausible(each.form) | hidden | token)[0] >= 500:
            wrong.append(f"{each.endpoint}: {sorted(hidden)}")
    assert not wrong, wrong
