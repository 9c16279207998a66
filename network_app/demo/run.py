"""`make run`: the whole network on one machine, from one command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from network_app.demo.chat import ensure_accounts
from network_app.demo.homeserver import Homeserver
from network_app.demo.place import DOMAIN, SERVER_NAME, Place, open_place
from network_app.demo.supervise import Child, Supervisor

# Handle, and what this person is there for.
PEOPLE = (
    ("sokha", "organiser: files appeals for a union in Phnom Penh, and casts its vote"),
    ("rithy", "verifier: a second organisation, in Kandal"),
    ("anna", "delegate: Germany"),
    ("rahima", "organiser and verifier: Dhaka (reads Bengali)"),
    ("jamal", "delegate: Dhaka"),
    ("ines", "secretariat"),
)


def run(folder: Path, *, web_port: int | None, and_then: Callable[[Place], int] | None = None) -> int:
    """Start everything, say how to use it, and keep it running until Ctrl-C; or do `and_then` and stop.

    Returns the exit status.
    """
    place = open_place(folder, web_port=web_port)
    console = Console()
    status = 0
    with Supervisor(place.folder / "logs", with_parent=True) as supervisor:
        with Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True) as bar:
            start_all(supervisor, place, _stepper(bar))
        if and_then is not None:
            status = and_then(place)
        else:
            console.print(_how_to_use(place))
            supervisor.run()
    return status


def _stepper(bar: Progress) -> Callable[[str], None]:
    task = bar.add_task("starting", total=6)

    def step(words: str) -> None:
        bar.update(task, description=words, advance=1)
        bar.refresh()

    return step


def start_all(supervisor: Supervisor, place: Place, step: Callable[[str], None]) -> None:
    """Start the homeserver, the mail sink and our three processes; load the demo network the first time."""
    homeserver = Homeserver(place.folder / "homeserver", port=place.chat_port, server_name=SERVER_NAME)
    environment = place.process_environment()
    step("starting chat and mail")
    supervisor.start(Child("homeserver", homeserver.command(), environment, last=True))
    supervisor.start(Child("mail-sink", _sink(place), environment, last=True))
    if not place.logins_file.exists():
        step("loading the demo network (once, about a minute)")
        _load(place, supervisor, homeserver)
    step("starting web, worker and bot")
    for name in ("web", "worker", "bot"):
        supervisor.start(Child(name, [sys.executable, "-m", "network_app.cli", name], environment))
    step("waiting for chat")
    supervisor.wait_ready(homeserver.ready_url, name="homeserver")
    step("waiting for the web")
    supervisor.wait_ready(f"{place.web_url}/readyz", name="web")
    step("ready")


def _sink(place: Place) -> list[str]:
    where = ["--port", str(place.mail_port), "--data-dir", str(place.folder), "--domain", DOMAIN]
    return [sys.executable, "-m", "network_app.demo.mail_sink", *where]


def _load(place: Place, supervisor: Supervisor, homeserver: Homeserver) -> None:
    from network_app.demo.load import load_demo

    logins = load_demo(place)
    supervisor.wait_ready(homeserver.ready_url, name="homeserver")
    ensure_accounts(place, homeserver, logins)


def _how_to_use(place: Place) -> Table:
    table = Table(title="The demo network runs. Ctrl-C stops it.", show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(overflow="fold")
    table.add_row("Web", place.web_url)
    table.add_row("Ask for help", f"{place.web_url}/file")
    table.add_row("Matrix homeserver", f"{place.chat_url} (any client; user names as below, @name:{SERVER_NAME})")
    table.add_row("All mail that leaves", f"{place.folder / 'mail-sink'} (a Maildir)")
    table.add_section()
    logins = place.logins()
    for handle, words in PEOPLE:
        table.add_row(f"{handle}@people.demo.example", f"password {logins[handle]} — {words}")
    table.add_row("Everybody else", f"the same way; all passwords stand in {place.logins_file}")
    table.add_row("Code", f"six digits for the third field: {_code_command(place)} HANDLE")
    table.add_section()
    table.add_row("Try", f"1. File an appeal at {place.web_url}/file and come back with the receipt at /r.")
    table.add_row("", "2. Sign in as rithy and look at the case under Appeals.")
    table.add_row("", "3. Watch a whole case in another terminal: make play")
    return table


def _code_command(place: Place) -> str:
    where = "" if place.folder == Path("var/demo").absolute() else f"DATA={place.folder} "
    return f"{where}.venv/bin/network-app demo code"
