"""The people who act for organisations: the first circle, and who has to be cut off at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from network_app.cli.installation import Installation, ready, with_installation
from network_app.core.db import transaction


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_installation
def bootstrap(installation: Installation, file: Path) -> None:
    """Make the first organisations and people from FILE (TOML), once; prints each person's first password."""
    from members.use_cases.bootstrap import bootstrap as make_first_circle

    with transaction(ready(installation).factory) as session:
        passwords = make_first_circle(session, tomllib.loads(file.read_text()))
    for handle, password in passwords.items():
        click.echo(f"{handle}\t{password}")


@click.group()
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
