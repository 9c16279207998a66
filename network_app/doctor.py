"""`network-app doctor`: looks at everything that a network needs to run, and names a cure for each thing that fails."""

from __future__ import annotations

import shutil
import smtplib
import stat
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import clock
from network_app.core.config import Settings, read_unchecked
from network_app.core.db import engine_for, may_lose_acts, read_transaction, session_factory
from network_app.core.unsafe import problems_of
from network_app.mailer import connect
from network_app.migrations.revision import WrongRevision, check_revision, current
from network_app.web.readiness import problems, stuck_messages

PATIENCE = 10
MOST_SKEW = timedelta(seconds=5)
LEAST_ROOM = 500 * 2**20
LEAST_PART = 0.05


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


def examine(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at one thing after the other, so that a person can watch; a wrong setting does not end the looking."""
    wrong = problems_of(environ)
    yield from (Finding(problem.setting, problem.why, problem.cure) for problem in wrong)
    if not wrong:
        yield Finding("settings", "all known, none unsafe")
    settings = read_unchecked(environ)
    yield from _folder(settings)
    if any(problem.setting == "DATABASE_URL" for problem in wrong):
        yield Finding("database", "not looked at", "Correct DATABASE_URL first")
    else:
        yield from _all_of_the_database(engine_for(settings.database_url))
    yield _homeserver(settings)
    yield _mail(settings)


def _all_of_the_database(engine: Engine) -> Iterator[Finding]:
    database = _database(engine)
    yield database
    if database.well:
        factory = session_factory(engine)
        yield _clock(factory)
        yield from _in_the_database(factory)
    engine.dispose()


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("data folder", "not there", f"Run `mkdir -m 700 -p {folder}`, as the user who runs the network")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        cure = f"Run `chmod 700 {folder}`: other people of this machine can look inside"
        yield Finding("data folder", f"open to others ({mode:o})", cure)
    foreign = [path for path in folder.rglob("*") if path.lstat().st_uid != folder.stat().st_uid]
    if foreign:
        cure = f"Run `chown -R --reference={folder} {folder}`: a command that ran as another user left them"
        yield Finding("data folder", f"{len(foreign)} files in it belong to another user", cure)
    free = shutil.disk_usage(folder)
    if free.free < LEAST_ROOM or free.free < free.total * LEAST_PART:
        cure = "Make room on that disk: when it is full, appeals are refused"
        yield Finding("data folder", f"{free.free // 2**20} MB are left on its disk", cure)
    if not mode & 0o077 and not foreign:
        yield Finding("data folder", "only its owner can look inside")


def _database(engine: Engine) -> Finding:
    try:
        check_revision(engine)
        why, _, cure = may_lose_acts(engine).partition(". ")
        if why:
            return Finding("database", f"may lose acts at a power cut: {why}", cure)
        off = _off_on_postgres(engine)
        if off:
            cure = f"Write {', '.join(f'{name} = on' for name in off)} into postgresql.conf and restart PostgreSQL"
            return Finding("database", "may be lost whole at a power cut", cure)
    except WrongRevision as wrong:
        return Finding("database", str(wrong), "Run `network-app db upgrade`")
    except SQLAlchemyError as error:
        cure = "Check DATABASE_URL, and that the database runs and lets us in"
        return Finding("database", f"cannot be used ({type(error).__name__})", cure)
    return Finding("database", f"{engine.dialect.name}, revision {current(engine)}")


def _off_on_postgres(engine: Engine) -> list[str]:
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        asked = ("fsync", "full_page_writes")
        return [name for name in asked if connection.execute(text(f"SHOW {name}")).scalar() != "on"]


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
