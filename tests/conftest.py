"""Fixtures that every test may use. What cannot be had is skipped loudly; with REQUIRE_ALL=1 a skip fails."""

from __future__ import annotations

import base64
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from network_app.demo.probe import free_port
from tests.collecting import pytest_collection_modifyitems  # noqa: F401  # pytest looks for it here

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from sqlalchemy.orm import Session, sessionmaker

    from network_app.core.config import Settings
    from network_app.demo.homeserver import Homeserver
    from tests.servers import PostgresDatabases, SqliteDatabases

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"

# No test watches the clock: on a busy machine each of Hypothesis's examples may take its time.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")


# ---------------------------------------------------------------- what may be missing


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With REQUIRE_ALL=1 (CI) a skipped test is a failed one."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although REQUIRE_ALL=1: {report.longrepr}"
    return report


def missing(what: str) -> None:
    """Skip this test because the machine lacks `what`; the reason stands in pytest's summary."""
    pytest.skip(f"NOT TESTED on this machine: {what}")


# ---------------------------------------------------------------- passwords


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash at a low cost: hundreds of tests sign in. The real cost is held by test_passwords and by bench-login."""
    from argon2 import PasswordHasher

    from members.use_cases import passwords

    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def quick_applications() -> None:
    """Let the hundreds of applications that tests make share what is the same in all of them."""
    from tests import compiled_once

    compiled_once.share()


@pytest.fixture(autouse=True)
def speaks_english_in_utc() -> None:
    """Begin as a stranger does: a test that served a page has left its reader's language and zone behind."""
    from network_app.core import i18n, zones

    i18n.set_language("en")
    i18n.set_zone(zones.UTC)


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """The prepared SQLite file that tests copy."""
    from tests.servers import SqliteDatabases

    databases = SqliteDatabases()
    yield databases
    databases.stop()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """One real PostgreSQL server for the whole session."""
    try:
        from tests.servers import PostgresDatabases

        databases = PostgresDatabases()
    except ImportError as problem:
        missing(f"PostgreSQL (install requirements/dev.txt): {problem}")
        return
    yield databases
    databases.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of this test's own, empty but for its tables; once on each kind."""
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(f"{request.param}_databases")
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation that lives in this test's folder, in use as in a started process."""
    return begin(database_url, tmp_path / "data")


def begin(database_url: str, data_dir: Path) -> Settings:
    """Use this installation, as core.process.begin does, but for its log: pytest catches that itself."""
    from network_app.core import config, crypto, files

    loaded = config.load_settings(environment(database_url, data_dir))
    config.use(loaded)
    crypto.use_keys(loaded.field_keys)
    files.use_folder(loaded.data_dir)
    return loaded


def environment(database_url: str, data_dir: Path) -> dict[str, str]:
    """The environment of a test installation: for `load_settings` and for processes that a test starts."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return {
        "NETWORK_NAME": "Test Network",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "test-only-" * 4,
        "FIELD_KEYS": "1:" + base64.b64encode(bytes(range(32))).decode(),
        "MATRIX_HOMESERVER": "http://127.0.0.1:8008",
        "MATRIX_USER": "@bot:network.test",
        "MATRIX_PASSWORD": "test-only",
        "MATRIX_PICKLE_KEY": "test-only",
        "SMTP_URL": "smtp://127.0.0.1:2525",
        "MAIL_FROM": "network@network.test",
        "LANGUAGES": "en,bn",
    }


@pytest.fixture
def factory(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Makes sessions on this test's own database."""
    from network_app.core.db import engine_for, session_factory

    engine = engine_for(settings.database_url)
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def session(factory: sessionmaker[Session]) -> Iterator[Session]:
    """One open session. A test may commit: the database is its own."""
    with factory() as opened:
        yield opened
        opened.rollback()


@dataclass
class MovableClock:
    """The network's clock in a test's hands. It first commits what the test's `session` holds, if it has one."""

    factory: sessionmaker[Session]
    session: Session | None

    def move(self, delta: timedelta) -> datetime:
        """Let time pass for everybody; returns the new moment."""
        from network_app.core import clock

        with self._transaction() as session:
            return clock.move(session, delta)

    def may_be_moved(self) -> None:
        """Declare the installation a demo: no other clock moves."""
        from network_app.core.clock import mark_as_demo

        with self._transaction() as session:
            mark_as_demo(session)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        if self.session is None:
            with self.factory.begin() as own:
                yield own
            return
        # Another transaction would wait for this test's own open one, for ever.
        self.session.commit()
        yield self.session
        self.session.commit()


@pytest.fixture
def clock(request: pytest.FixtureRequest, factory: sessionmaker[Session]) -> MovableClock:
    """A clock with `.move(timedelta)`, working through network_app.core.clock as the demo's does."""
    opened = request.getfixturevalue("session") if "session" in request.fixturenames else None
    movable = MovableClock(factory, opened)
    movable.may_be_moved()
    return movable


# ---------------------------------------------------------------- mail


@dataclass
class SmtpSink:
    """A real mail server on loopback that keeps what it accepts. Set `refuse` to an SMTP answer to be unkind."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str | None = None

    @property
    def url(self) -> str:
        """For SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # aiosmtpd's name for it
        """Keep one message, with its envelope in X-Envelope headers."""
        import email
        import email.policy

        if self.refuse is not None:
            return self.refuse
        message = email.message_from_bytes(envelope.original_content or envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-From"] = envelope.mail_from
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 kept"


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A mail server that keeps every message in `.messages`."""
    try:
        from aiosmtpd.controller import Controller
    except ImportError as problem:
        missing(f"mail (install requirements/demo.txt): {problem}")
        return
    sink = SmtpSink(free_port())
    server = Controller(sink, hostname="127.0.0.1", port=sink.port)
    server.start()
    yield sink
    server.stop()


# ---------------------------------------------------------------- chat


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A real homeserver. Never reset: each test registers users and rooms of its own."""
    if importlib.util.find_spec("synapse") is None:
        missing("Synapse (install requirements/demo.txt)")
    from network_app.demo.homeserver import Homeserver

    with Homeserver(tmp_path_factory.mktemp("synapse")) as server:
        yield server


# ---------------------------------------------------------------- browser


# Not for the whole session: while Playwright runs, nothing else in this process can start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, Debian's. Open a context of your own in each test: `browser.new_context(...)`."""
    program = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if not program.exists():
        missing("Chromium (apt install chromium fonts-noto-core)")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=quiet)
        yield chromium
        chromium.close()
