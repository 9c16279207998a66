"""`network-app doctor`: looks at everything that a network needs to run, and names a cure for each thing that fails."""

from __future__ import annotations

import smtplib
import stat
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import clock
from network_app.core.config import Settings
from network_app.core.db import read_transaction
from network_app.mailer import connect
from network_app.migrations.revision import WrongRevision, check_revision, current
from network_app.web.readiness import problems, stuck_messages

PATIENCE = 10
MOST_SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `cure` is empty if it is well."""

    what: str
    said: str
    cure: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.cure


def examine(settings: Settings, engine: Engine, factory: sessionmaker[Session]) -> Iterator[Finding]:
    """Look at one thing after the other, so that a person can watch."""
    yield Finding("settings", "all known, none unsafe")
    yield _folder(settings)
    database = _database(engine)
    yield database
    if database.well:
        yield _clock(factory)
        yield from _in_the_database(factory)
    yield _homeserver(settings)
    yield _mail(settings)


def _folder(settings: Settings) -> Finding:
    mode = stat.S_IMODE(settings.data_dir.stat().st_mode)
    if mode & 0o077:
        cure = f"Run `chmod 700 {settings.data_dir}`: other people of this machine can look inside"
        return Finding("data folder", f"open to others ({mode:o})", cure)
    return Finding("data folder", "only its owner can look inside")


def _database(engine: Engine) -> Finding:
    try:
        check_revision(engine)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite" and connection.execute(text("PRAGMA synchronous")).scalar() != 2:
                return Finding("database", "may lose acts at a power cut", "Report this: synchronous must be FULL")
    except WrongRevision as wrong:
        return Finding("database", str(wrong), "Run `network-app db upgrade`")
    except SQLAlchemyError as error:
        cure = "Check DATABASE_URL, and that the database runs and lets us in"
        return Finding("database", f"cannot be used ({type(error).__name__})", cure)
    return Finding("database", f"{engine.dialect.name}, revision {current(engine)}")


def _clock(factory: sessionmaker[Session]) -> Finding:
    with read_transaction(factory) as session:
        skew = abs(clock.fresh_now(session) - datetime.now(UTC))
        if clock.is_demo(session):
            return Finding("clock", "this is a demo, whose clock may be moved")
    if skew > MOST_SKEW:
        cure = "Set both machines by NTP: deadlines follow the database's clock"
        return Finding("clock", f"database and machine differ by {skew.total_seconds():.0f} s", cure)
    return Finding("clock", "database and machine agree")


def _in_the_database(factory: sessionmaker[Session]) -> Iterator[Finding]:
    with read_transaction(factory) as session:
        found = [*problems(session), *stuck_messages(session)]
    if not found:
        yield Finding("processes and outbox", "nothing waits for too long")
    for problem in found:
        said, _, cure = problem.partition(". ")
        yield Finding("processes and outbox", said, cure or "Read the logs")


def _homeserver(settings: Settings) -> Finding:
    if not settings.matrix_homeserver:
        return Finding("homeserver", "not set: no chat", "Set MATRIX_HOMESERVER, MATRIX_USER and MATRIX_PASSWORD")
    url = f"{settings.matrix_homeserver}/_matrix/client/versions"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  # the operator's own setting
            answer.read(1)
    except (OSError, ValueError) as error:
        cure = "Start the homeserver, or correct MATRIX_HOMESERVER; what is planned waits in the outbox meanwhile"
        return Finding("homeserver", f"does not answer ({type(error).__name__})", cure)
    return Finding("homeserver", "answers")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        return Finding("mail", "not set: no mail leaves", "Set SMTP_URL and MAIL_FROM")
    try:
        connect(settings.smtp_url).quit()
    except (OSError, smtplib.SMTPException) as error:
        cure = "Start the mail server, or correct SMTP_URL; what is planned waits in the outbox meanwhile"
        return Finding("mail", f"does not answer ({type(error).__name__})", cure)
    return Finding("mail", "answers")
