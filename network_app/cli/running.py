"""The three processes, each alone or all together."""

from __future__ import annotations

import os
import sys

import click

from network_app.cli.installation import Installation, ready, with_installation


@click.command()
@with_installation
def web(installation: Installation) -> None:
    """Serve the web pages (gunicorn, on the host and port of BIND or 127.0.0.1:8000)."""
    from network_app.web.server import serve

    serve(ready(installation).settings)


@click.command()
@with_installation
def worker(installation: Installation) -> None:
    """Run what is due, send mail, read the incoming post."""
    from network_app.worker import run

    run(ready(installation).settings, installation.factory)


@click.command()
@with_installation
def bot(installation: Installation) -> None:
    """Talk in the members' Matrix rooms. Exactly one at a time; a second one waits."""
    from bots.main import run

    run(ready(installation).settings, installation.factory)


@click.command()
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
