"""The command line: `network-app`. Thin: each command sets the process up and asks the room whose work it is."""

import click

from network_app.cli import keeping, people, records, running, tokens
from network_app.demo.commands import demo


@click.group()
def main() -> None:
    """The network's software: urgent appeals, votes, campaigns, letters."""


for command in (
    running.web,
    running.worker,
    running.bot,
    running.up,
    people.bootstrap,
    people.person,
    tokens.token,
    keeping.doctor,
    keeping.db,
    keeping.config_group,
    records.facilities,
    records.letters,
    records.vote,
    demo,
):
    main.add_command(command)
