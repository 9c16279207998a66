"""A real web server over one network, for a real browser."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from network_app.core import config
from network_app.core.config import Settings
from network_app.core.i18n import PSEUDO
from tests.factories.members import PASSWORD, code_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from tests.servers import SqliteDatabases

PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """One kind of database is enough to look at pages."""
    url = sqlite_databases.fresh()
    yield url
    sqlite_databases.drop(url)


@dataclass
class Site:
    """The network on a port of loopback."""

    url: str
    app: Flask
    settings: Settings


@pytest.fixture
def site(settings: Settings, factory: sessionmaker[Session]) -> Iterator[Site]:
    from network_app.web.app import create_app

    spoken = dataclasses.replace(settings, languages=("en", "bn", PSEUDO))
    app = create_app(spoken, factory)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    config.use(dataclasses.replace(spoken, public_url=url))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(url, app, spoken)
    server.shutdown()
    thread.join()


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A small phone that runs no scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=site.url)
    context.set_default_timeout(20_000)
    yield context
    context.close()


def sign_in(page: Page, handle: str) -> None:
    """Sign in through the form."""
    page.goto("/login")
    page.get_by_label("E-mail address").fill(f"{handle}@people.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(code_of(handle))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/today")
