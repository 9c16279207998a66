"""Lists taken in, templates looked at, boards handed out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from network_app.cli.installation import Installation, ready, with_installation
from network_app.core.db import read_transaction, transaction
from network_app.core.permissions import Actor


@click.group()
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


@click.group()
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


@click.group()
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
