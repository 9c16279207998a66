"""A union officer files on a small phone without scripts, comes back with the number, and goes on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.db import transaction
from tests.e2e.conftest import Site
from tests.factories.urgent_appeals import a_photo, make_region
from urgent_appeals.models import Appeal, Evidence
from urgent_appeals.rules.receipts import read_receipt
from urgent_appeals.use_cases.talking import ask_filer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def go_on(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Go on").click()


def file_an_appeal(page: Page) -> str:
    """Answer the questions on their seven pages; returns the receipt number as it is shown."""
    page.goto("/")
    page.get_by_role("link", name="I need help").first.click()
    page.locator("input[name=clock][value=harm]").check()
    page.get_by_label("In which country?").select_option("KH")
    go_on(page)
    page.get_by_label("What happened?").fill("The factory closed with one day's notice.\nNobody was paid.")
    go_on(page)
    page.get_by_label("What do the workers want?").fill("Our severance pay.")
    page.get_by_label("How many workers is it about?").fill("1,284")
    go_on(page)
    page.get_by_label("Name of the factory").fill("Violet Apparel")
    go_on(page)
    go_on(page)
    page.get_by_role("radio").first.check()
    go_on(page)
    page.get_by_label("A photo").set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    page.get_by_role("main").get_by_role("button", name="Send").click()
    shown: str = page.locator(".receipt").first.inner_text()
    return shown


def test_filing_and_coming_back_without_scripts_on_a_small_phone(
    phone: BrowserContext, site: Site, factory: sessionmaker[Session]
) -> None:
    with transaction(factory) as session:
        region = make_region(session)
    page = phone.new_page()
    number = file_an_appeal(page)
    assert read_receipt(number)
    with transaction(factory) as session:
        [appeal] = session.scalars(select(Appeal))
        assert appeal.workers_count == 1284 and "Nobody was paid." in (appeal.account or "")
        assert len(session.scalars(select(Evidence)).all()) == 1
        ask_filer(session, region.triager, ref=appeal.ref, text="When did it close?")

    phone.clear_cookies()
    page.goto("/r")
    page.get_by_label("Your receipt number").fill(number)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text("When did it close?")
    assert number not in page.url and number not in page.content()
    answer = page.locator("form[action*='/r/answer/']")
    answer.locator("textarea").fill("On the first of July.")
    answer.get_by_role("button").click()
    expect(page.get_by_role("main")).to_contain_text("On the first of July.")

    photo = page.locator("form[action*='/r/add']")
    picture = io.BytesIO()
    Image.new("RGB", (3000, 2000), (20, 90, 20)).save(picture, "PNG")
    photo.locator("input[type=file]").set_input_files(
        {"name": "gate.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    photo.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_be_visible()
    with factory() as session:
        assert len(session.scalars(select(Evidence)).all()) == 2


def test_a_wrong_number_opens_nothing_and_says_what_to_do(phone: BrowserContext, site: Site) -> None:
    page = phone.new_page()
    page.goto("/r")
    page.get_by_label("Your receipt number").fill("1234 5678 9012 3456")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("does not open anything")
