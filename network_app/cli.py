"""The command line: `network-app`. Thin: each command sets the process up and asks the room whose work it is."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import process
from network_app.core.config import ConfigError, Settings
from network_app.core.db import engine_for, read_transaction, session_factory, transaction
from network_app.core.errors import NetworkError
from network_app.core.permissions import Actor
from network_app.demo.commands import demo
from network_app.migrations.revision import WrongRevision, check_revision, current


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
        except (WrongRevision, NetworkError) as error:
            click.echo(str(error), err=True)
        raise SystemExit(2)

    return run


def ready(installation: Installation) -> Installation:
    """Refuse to work on a database of another shape."""
    check_revision(installation.engine)
    return installation


@click.group()
def main() -> None:
    """The network's software: urgent appeals, votes, campaigns, letters."""


@main.command()
@with_installation
def web(installation: Installation) -> None:
    """Serve the web pages (gunicorn, on the host and port of BIND or 127.0.0.1:8000)."""
    from network_app.web.server import serve

    serve(ready(installation).settings)


@main.command()
@with_installation
def worker(installation: Installation) -> None:
    """Run what is due, send mail, read the incoming post."""
    from network_app.worker import run

    run(ready(installation).settings, installation.factory)


@main.command()
@with_installation
def bot(installation: Installation) -> None:
    """Talk in the members' Matrix rooms. Exactly one at a time; a second one waits."""
    from bots.main import run

    run(ready(installation).settings, installation.factory)


@main.command()
@with_installation
def up(installation: Installation) -> None:
    """Run web, worker and bot together on one machine."""
    from network_app.demo.supervise import Child, Supervisor
    from network_app.migrations import schema

    schema.upgrade(installation.engine)
    with Supervisor(installation.settings.data_dir / "logs") as supervisor:
        for name in ("web", "worker", "bot"):
            supervisor.start(Child(name, [sys.executable, "-m", "network_app.cli", name], os.environ))
        supervisor.run()


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_installation
def bootstrap(installation: Installation, file: Path) -> None:
    """Make the first organisations and people from FILE (TOML), once; prints each person's first password."""
    from members.use_cases.bootstrap import bootstrap as make_first_circle

    with transaction(ready(installation).factory) as session:
        passwords = make_first_circle(session, tomllib.loads(file.read_text()))
    for handle, password in passwords.items():
        click.echo(f"{handle}\t{password}")


@main.command()
@with_installation
def doctor(installation: Installation) -> None:
    """Look at settings, database, homeserver, mail, clock and permissions; name a cure for each thing that fails."""
    from network_app.doctor import examine

    ill = 0
    for finding in examine(installation.settings, installation.engine, installation.factory):
        click.echo(f"{'ok     ' if finding.well else 'PROBLEM'} {finding.what}: {finding.said}")
        if not finding.well:
            click.echo(f"        cure: {finding.cure}")
            ill += 1
    if ill:
        raise SystemExit(1)


@main.group()
def db() -> None:
    """The database's shape."""


@db.command("upgrade")
@with_installation
def db_upgrade(installation: Installation) -> None:
    """Bring the database to the shape of this program."""
    from network_app.migrations import schema

    schema.upgrade(installation.engine)
    click.echo(f"database at revision {current(installation.engine)}")


@db.command("check")
@with_installation
def db_check(installation: Installation) -> None:
    """Say whether database and program agree."""
    ready(installation)
    from network_app.migrations import schema

    found = schema.differences(installation.engine)
    for difference in found:
        click.echo(difference, err=True)
    if found:
        raise SystemExit(1)
    click.echo("database and program agree")


@main.group()
def facilities() -> None:
    """Factories and other workplaces."""


@facilities.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_installation
def facilities_import(installation: Installation, file: Path) -> None:
    """Read a supplier list (CSV) and say per row what became of it."""
    from network_app.targets.use_cases.facility_lists import import_facilities

    with transaction(ready(installation).factory) as session:
        report = import_facilities(session, Actor.system(), name=file.name, csv_text=file.read_bytes())
    click.echo(report)


@main.group()
def letters() -> None:
    """Letters and their templates."""


@letters.command("check")
def letters_check() -> None:
    """Render every letter template with its sample values in every language it has."""
    from network_app.letters.queries import check_letter_templates

    problems = check_letter_templates()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)
    click.echo("all letter templates are right")


@main.group()
def vote() -> None:
    """Votes and their boards."""


@vote.command("export")
@click.argument("ref")
@with_installation
def vote_export(installation: Installation, ref: str) -> None:
    """Print the board of vote REF as JSON, for recount.py."""
    from network_app.votes.queries import board_export

    with read_transaction(ready(installation).factory) as session:
        click.echo(json.dumps(board_export(session, ref), ensure_ascii=False, indent=1))


@main.group("config")
def config_group() -> None:
    """The settings of this installation."""


@config_group.command("show")
@with_installation
def config_show(installation: Installation) -> None:
    """Print every setting, secrets hidden."""
    for name, value in installation.settings.masked().items():
        click.echo(f"{name}={value}")


@main.group()
def person() -> None:
    """People who act for organisations."""


@person.command("freeze")
@click.argument("handle")
@with_installation
def person_freeze(installation: Installation, handle: str) -> None:
    """Cut off a person whose phone was seized: sign-ins, chat links and rights, at once."""
    from members.use_cases.freezing import freeze_by_operator

    with transaction(ready(installation).factory) as session:
        freeze_by_operator(session, handle=handle)
    click.echo("frozen")


main.add_command(demo)

if __name__ == "__main__":
    main()
