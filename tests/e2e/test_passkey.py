"""A passkey in a real browser: added, used at the door, and no barrier on the pages around it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from members.queries import passkeys_of, person_by_handle
from network_app.core import config
from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.core.permissions import Duty
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, make_organisation, make_person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(settings: Settings, factory: sessionmaker[Session]) -> Iterator[str]:
    """The network under a name, because a browser makes no passkey for a bare number."""
    server = make_server("localhost", 0, lambda _environ, _start: [], threaded=True)
    url = f"http://localhost:{server.server_port}"
    named = dataclasses.replace(settings, public_url=url)
    config.use(named)
    server.app = create_app(named, factory)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose browser has a device for passkeys; what it complains about fails the test."""
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740})
    context.set_default_timeout(20_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    devices = context.new_cdp_session(opened)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield opened
    context.close()
    assert not complaints, complaints


def test_a_passkey_is_added_and_opens_the_door_alone(page: Page, factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD, factor=False)
    page.goto("/login")
    page.get_by_label("E-mail address").fill("sok@people.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/me/security")
    page.get_by_label("Name of the passkey").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#passkeys")).to_contain_text("my phone")
    page.goto("/today")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/today")
    with factory() as session:
        person = person_by_handle(session, "sok")
        assert person is not None
        [row] = passkeys_of(session, person.id)
        assert row.name == "my phone" and row.used_at is not None
