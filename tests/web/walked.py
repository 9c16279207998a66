"""A whole network on one database, walked through by everybody once; what was seen serves several tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from network_app.core.config import Settings
from network_app.core.db import Base, engine_for, session_factory, transaction
from network_app.web.app import create_app
from tests.conftest import begin
from tests.factories.whole import PEOPLE, Whole
from tests.web.crawling import Browser, Page


@dataclass
class Seen:
    """One page with who saw it; `shown` is what stands on it, if it is a page for people."""

    browser: Browser
    path: str
    answer: TestResponse
    shown: Page | None


class Walk:
    """All pages that anybody reaches, in the order of the walk, and the database before and after."""

    def __init__(self, settings: Settings, factory: sessionmaker[Session]) -> None:
        with transaction(factory) as session:
            whole = Whole(session)
        self.app: Flask = create_app(settings, factory)
        self.factory, self._settings, self._receipt = factory, settings, whole.receipt
        starts = list(self._browsers())
        self.before = dump(factory)
        self.seen = [one for browser, start in starts for one in _pages(browser, start)]
        self.after = dump(factory)

    def _browsers(self) -> Iterator[tuple[Browser, str]]:
        yield Browser(self.app, self._settings.public_url), "/"
        for name in PEOPLE:
            browser = Browser(self.app, self._settings.public_url)
            browser.sign_in(name)
            yield browser, "/today"
        filer = Browser(self.app, self._settings.public_url)
        assert filer.post("/r", number=self._receipt).status_code == 303
        yield filer, "/r"


def _pages(browser: Browser, start: str) -> Iterator[Seen]:
    for path, answer in browser.pages(start, "/facilities/import"):
        yield Seen(browser, path, answer, Page(answer.text) if answer.mimetype == "text/html" else None)


@contextmanager
def walked(url: str, folder: Path) -> Iterator[Walk]:
    """Fill the database at `url` and walk."""
    engine = engine_for(url)
    yield Walk(begin(url, folder), session_factory(engine))
    engine.dispose()


def dump(factory: sessionmaker[Session]) -> dict[str, list[str]]:
    """Every row of every table, but for the note of when a browser was last seen."""
    with factory() as session:
        return {
            name: sorted(str(tuple(row)) for row in session.execute(select(table)))
            for name, table in Base.metadata.tables.items()
            if name != "sign_in"
        }
