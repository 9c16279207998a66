"""What whoever keeps the server needs: is everything well, which shape has the database, which settings hold."""

from __future__ import annotations

import os

import click

from network_app.cli.installation import Installation, ready, with_installation
from network_app.migrations.revision import current


@click.command()
def doctor() -> None:
    """Look at settings, database, homeserver, mail, clock and permissions; name a cure for each thing that fails."""
    from network_app.doctor import examine

    ill = 0
    for finding in examine(os.environ):
        click.echo(f"{'ok     ' if finding.well else 'PROBLEM'} {finding.what}: {finding.said}")
        if not finding.well:
            click.echo(f"        cure: {finding.cure}")
            ill += 1
    if ill:
        raise SystemExit(1)


@click.group()
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


@click.group("config")
def config_group() -> None:
    """The settings of this installation."""


@config_group.command("show")
@with_installation
def config_show(installation: Installation) -> None:
    """Print every setting, secrets hidden."""
    for name, value in installation.settings.masked().items():
        click.echo(f"{name}={value}")
