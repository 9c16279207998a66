"""What every command begins with: the settings, the database, and problems said as sentences with a cure."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import process
from network_app.core.config import ConfigError, Settings
from network_app.core.db import engine_for, may_lose_acts, session_factory
from network_app.core.errors import NetworkError
from network_app.migrations.revision import WrongRevision, check_revision


class Installation:
    """What a command works on: settings, engine and sessions of this installation."""

    def __init__(self) -> None:
        self.settings: Settings = process.begin()
        self.engine: Engine = engine_for(self.settings.database_url)
        self.factory: sessionmaker[Session] = session_factory(self.engine)


def with_installation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the command its installation; problems become sentences with a cure and exit status 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(Installation(), *args, **kwargs)
        except ConfigError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
        except (WrongRevision, UnsafeDatabase, NetworkError) as error:
            click.echo(str(error), err=True)
        raise SystemExit(2)

    return run


def ready(installation: Installation) -> Installation:
    """Refuse to work on a database of another shape, or one that could lose an acknowledged act."""
    check_revision(installation.engine)
    lost = may_lose_acts(installation.engine)
    if lost:
        raise UnsafeDatabase(lost)
    return installation


class UnsafeDatabase(Exception):
    """The database could forget what it acknowledged; said with the cure."""
