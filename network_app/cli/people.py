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


@person.command("create")
@click.argument("handle")
@click.argument("email")
@with_installation
def person_create(installation: Installation, handle: str, email: str) -> None:
    """Add a person who was not invited, and print a first password; what they may do comes from mandates alone."""
    from members.use_cases.people import add_person_by_operator

    with transaction(ready(installation).factory) as session:
        password = add_person_by_operator(session, handle=handle, email=email)
    click.echo(f"{handle}\t{password}")
    click.echo("No mandate yet: an administrator of their organisation gives one, on its page of people.", err=True)


@person.command("freeze")
@click.argument("handle")
@with_installation
def person_freeze(installation: Installation, handle: str) -> None:
    """Cut off a person whose phone was seized: sign-ins, tokens, chat links and rights, at once."""
    from members.use_cases.freezing import freeze_by_operator

    with transaction(ready(installation).factory) as session:
        freeze_by_operator(session, handle=handle)
    click.echo("frozen")


@person.command("unfreeze")
@click.argument("handle")
@with_installation
def person_unfreeze(installation: Installation, handle: str) -> None:
    """Give one of the two words that let a frozen person back; the other is a colleague's, on the web."""
    from members.use_cases.thawing import thaw_by_operator

    with transaction(ready(installation).factory) as session:
        back = thaw_by_operator(session, handle=handle)
    click.echo(
        "back in" if back else "one word given; a colleague gives the second on the organisation's page of people"
    )
