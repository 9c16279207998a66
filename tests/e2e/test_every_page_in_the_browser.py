"""Every page in a real browser, on a small phone: readable by everybody, no wider than the screen, no errors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.db import transaction
from network_app.core.i18n import PSEUDO
from tests.e2e.conftest import PHONE, Site, sign_in
from tests.factories.whole import Whole
from tests.web.crawling import Browser as Walker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

VENDOR = Path(__file__).parents[1] / "vendor"
AXE = VENDOR / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? '' :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 40)).join(' | ')"""
pytestmark = pytest.mark.timeout(1200)


def test_the_borrowed_program_is_the_one_that_was_looked_at() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    assert set(manifest) == {AXE.relative_to(VENDOR).as_posix()}
    for name, told in manifest.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == told["sha256"]
        assert (VENDOR / name).parent.joinpath("LICENSE").exists()


def one_of_each(site: Site, handle: str | None, number: str = "") -> list[str]:
    """The address of one page of each kind that this person can reach."""
    walker = Walker(site.app, site.settings.public_url)
    start = "/"
    if handle:
        walker.sign_in(handle)
        start = "/today"
    elif number:
        assert walker.post("/r", number=number).status_code == 303
        start = "/r"
    found: dict[str, str] = {}
    for path, answer in walker.pages(start):
        shown = answer.mimetype == "text/html" and "Content-Disposition" not in answer.headers
        if shown and answer.status_code == 200:
            endpoint = walker.endpoint(path, "GET")
            # Each act of a case is a form of its own on one and the same view.
            act = path.partition("?")[0].rpartition("/")[2]
            found.setdefault(act if endpoint == "appeals.act" else endpoint, path)
    return list(found.values())


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(RUN_AXE, RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


def look(context: BrowserContext, paths: list[str], language: str, *, axe: bool) -> list[str]:
    """What is wrong on these pages in this language."""
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: script error {error}"))
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    for path in paths:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        wide = page.evaluate(TOO_WIDE)
        if wide:
            wrong.append(f"{path} in {language} is wider than the phone: {wide}")
        if axe:
            wrong += [f"{path} in {language}: {each}" for each in violations(page)]
    page.close()
    return wrong


# What a browser shows does not depend on the database; tests/web asks for every page on both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["stranger", "filer", "triage", "asked"])
def test_every_page_is_accessible_and_fits_a_small_phone_in_every_language(
    browser: Browser, site: Site, factory: sessionmaker[Session], who: str
) -> None:
    with transaction(factory) as session:
        whole = Whole(session)
    handle = who if who in ("triage", "asked") else None
    paths = one_of_each(site, handle, whole.receipt if who == "filer" else "")
    assert len(paths) > (20 if handle else 2), paths
    # Our own policy would keep the tests' script out, as it should.
    context = browser.new_context(viewport=PHONE, base_url=site.url, bypass_csp=True)
    context.set_default_timeout(30_000)
    if handle:
        sign_in(context.new_page(), handle)
    elif who == "filer":
        page = context.new_page()
        page.goto("/r")
        page.get_by_label("Your receipt number").fill(whole.receipt)
        page.get_by_role("main").get_by_role("button").first.click()
    # Structure, names and contrast are the same in every language, so axe reads what workers read in two of them.
    for_workers = who in ("stranger", "filer")
    wrong = [
        problem
        for language, axe in (("en", True), ("bn", for_workers), (PSEUDO, False))
        for problem in look(context, paths, language, axe=axe)
    ]
    context.close()
    assert not wrong, "\n".join(wrong)
