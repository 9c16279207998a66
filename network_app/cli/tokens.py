"""Programs that act for a person, made by whoever runs the server."""

from __future__ import annotations

import click

from network_app.cli.installation import Installation, ready, with_installation
from network_app.core.db import transaction
from network_app.core.permissions import Duty
from network_app.core.scopes import Scope


@click.group()
def token() -> None:
    """Tokens of programs."""


@token.command("create")
@click.argument("handle")
@click.argument("organisation")
@click.option("--name", required=True, help="What the program is for.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in Scope]))
@click.option("--duty", "duties", multiple=True, required=True, type=click.Choice([duty.value for duty in Duty]))
@click.option("--days", default=90, show_default=True)
@with_installation
def create(
    installation: Installation,
    *,
    handle: str,
    organisation: str,
    name: str,
    scopes: tuple[str, ...],
    duties: tuple[str, ...],
    days: int,
) -> None:
    """Make a token for the person HANDLE of ORGANISATION (its name in its address), and print it this once."""
    from members.queries import actor_for, organisation_by_slug, person_by_handle
    from members.use_cases.tokens import issue_token

    with transaction(ready(installation).factory) as session:
        person = person_by_handle(session, handle)
        if person is None:
            raise click.ClickException("Nobody has this handle.")
        actor = actor_for(session, person.id, organisation_by_slug(session, organisation).id)
        chosen, under = [Scope(scope) for scope in scopes], [Duty(duty) for duty in duties]
        _, secret = issue_token(session, actor, name=name, scopes=chosen, duties=under, days=days)
    click.echo(secret)
