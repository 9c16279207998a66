"""One database for three processes: base class, column types, engine and transactions.

SQLite and PostgreSQL are both first class. What differs between them stands here and nowhere else.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    Update,
    create_engine,
    event,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from network_app.core.errors import NotFound

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


REF = re.compile(r"[A-Z0-9-]{1,40}")
Row = TypeVar("Row", bound=Base)
E = TypeVar("E", bound=StrEnum)


def new_id() -> uuid.UUID:
    """A primary key made by the client: random, so that it tells no count, and known before the row is stored."""
    return uuid.uuid4()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC. Raises ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[E]):
    """An enum kept as its text, so that a new member needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.kind(value)


def engine_for(url: str) -> Engine:
    """Open the database at `url`, set so that an acknowledged act survives a power cut."""
    if not url.startswith("sqlite"):
        engine = create_engine(url.replace("postgres://", "postgresql://", 1), pool_pre_ping=True, pool_size=8)
        event.listen(engine, "connect", _set_up_postgres)
        return engine
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None, "cached_statements": 1_000})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_postgres(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Safety: as for SQLite, whatever the server's own default is.
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = on")
    cursor.close()
    connection.commit()


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Safety: below FULL a power cut can lose a vote that was already acknowledged.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def may_lose_acts(engine: Engine) -> str:
    """Why an acknowledged act could be lost at a power cut, with the cure; empty if it cannot (SAFETY R7)."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            cure = "Use a file on a local disk, and an SQLite that lets us set it"
            return "" if int(level or 0) >= 2 else f"PRAGMA synchronous is {level}, below FULL. {cure}"
        level = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
        return "" if level not in ("off", "local") else f"synchronous_commit is {level}. Set it to on for this database"


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    # Only when it changes: the pragma makes SQLite prepare every statement of the connection anew.
    if connection.info.get("read_only") is not read_only:
        connection.info.pop("read_only", None)
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.info["read_only"] = read_only
    # A transaction that starts by reading and then writes fails with "database is locked" whatever the timeout.
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions on `engine`; rows stay readable after a commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """Return commits, raise rolls back."""
    with factory() as session, session.begin():
        yield session


@contextmanager
def read_transaction(factory: sessionmaker[Session]) -> Iterator[Session]:
    """A session in which the database itself refuses to write."""
    with factory() as session:
        make_read_only(session)
        yield session
        session.rollback()


def make_read_only(session: Session) -> None:
    """Let the database refuse every write of this session. Call before its first statement."""
    options: dict[str, Any] = {"read_only": True}
    if session.get_bind().dialect.name == "postgresql":
        options = {"postgresql_readonly": True}
    session.connection(execution_options=options)


def lock(session: Session, model: type[Row], key: uuid.UUID | str | int) -> Row:
    """Load a row so that nobody else changes it until this transaction ends. Raises NotFound."""
    row = session.get(model, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound()
    return row


def get(session: Session, model: type[Row], key: uuid.UUID | str | int) -> Row:
    """Load a row by its key. Raises NotFound."""
    row = session.get(model, key)
    if row is None:
        raise NotFound()
    return row


def get_by_ref(session: Session, model: type[Row], ref: str) -> Row:
    """Load a row by the reference that people use (`UA-7K3F`, in any case). Raises NotFound."""
    wanted = ref.strip().upper()
    # What cannot be a reference is not handed to the database: PostgreSQL breaks on a zero byte.
    if not REF.fullmatch(wanted):
        raise NotFound()
    row = session.scalar(select(model).where(model.__table__.c["ref"] == wanted))
    if row is None:
        raise NotFound()
    return row


def changed_rows(session: Session, statement: Update) -> int:
    """Run an UPDATE past the session's own copies; returns how many rows it changed."""
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
