"""`network-app demo`: load the demo network, run it, or watch one real case go all the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from network_app.core.config import Settings


@click.group()
def demo() -> None:
    """A whole network of invented members, with real brands, factories and documented cases."""


def _folder() -> Path:
    return Path(os.environ.get("DATA") or "var/demo")


def _environment() -> dict[str, str]:
    """The settings of this installation, or of the demo in its folder where none are set."""
    from network_app.demo.place import open_place

    environment = dict(os.environ)
    if "SECRET_KEY" not in environment and (_folder() / "settings.json").exists():
        environment |= open_place(_folder()).environment
    return environment


def _begin() -> Settings:
    from network_app.core.config import ConfigError
    from network_app.core.process import begin

    try:
        return begin(_environment())
    except ConfigError as error:
        raise click.ClickException(
            f"no demo in {_folder()} (`make run` makes one), and no installation:\n{error}"
        ) from error


def _port() -> int | None:
    return int(os.environ["PORT"]) if os.environ.get("PORT") else None


@demo.command()
def run() -> None:
    """Run everything on this machine; DATA and PORT choose where."""
    from network_app.demo.run import run as run_everything

    raise SystemExit(run_everything(_folder(), web_port=_port()))


@demo.command()
def load() -> None:
    """Load the demo network into the empty database of this installation."""
    from network_app.demo.load import load_into_installation

    for handle, password in load_into_installation().items():
        click.echo(f"{handle}\t{password}")


@demo.command()
@click.option("--keep", is_flag=True, help="Keep the throw-away folder, to look at afterwards.")
def play(keep: bool) -> None:
    """Drive one real case from filing to remedy on a throw-away network; status 0 only if every check held."""
    from network_app.demo.play.script import play_all
    from network_app.demo.probe import free_port
    from network_app.demo.run import run as run_everything

    folder = Path(tempfile.mkdtemp(prefix="network-play-"))
    try:
        status = run_everything(folder, web_port=free_port(), and_then=play_all)
    finally:
        if keep:
            click.echo(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(status)


@demo.command("clock")
@click.argument("hours", type=float)
def move_clock(hours: float) -> None:
    """Move this demo's clock HOURS forward, to see what a deadline does. Refused on a real installation."""
    from network_app.core import clock
    from network_app.core.db import engine_for, session_factory, transaction

    settings = _begin()
    with transaction(session_factory(engine_for(settings.database_url))) as session:
        click.echo(clock.move(session, timedelta(hours=hours)).isoformat())


@demo.command("code")
@click.argument("handle")
def show_code(handle: str) -> None:
    """Show the six digits with which HANDLE signs in at the demo (DATA chooses which). Refused on a real network."""
    from network_app.core.db import engine_for, read_transaction, session_factory
    from network_app.core.errors import NetworkError
    from network_app.demo.codes import code_for

    settings = _begin()
    try:
        with read_transaction(session_factory(engine_for(settings.database_url))) as session:
            click.echo(code_for(session, handle))
    except NetworkError as problem:
        raise click.ClickException(f"{problem} (is this a demo, and is the handle right?)") from problem


@demo.command("with", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def run_with_demo(words: tuple[str, ...]) -> None:
    """Run another command on the demo, for instance `network-app demo with doctor` (DATA chooses which)."""
    raise SystemExit(subprocess.call([sys.executable, "-m", "network_app.cli", *words], env=_environment()))
