"""`network-app demo play`: one real case, from a phone to paid remedy, driven and checked from outside.

Violet Apparel, Phnom Penh, 2020: 1,284 workers lost their jobs; three brands disagree about who bought there. What is
said in the play about companies is what the sources report; the ending is invented and marked so.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console

from network_app.demo.place import Place
from network_app.demo.play import answering, asking, deciding, filing, settling, verifying, writing
from network_app.demo.play.stage import CheckFailed, Stage

STEPS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("A union officer files from a phone and comes back with the receipt", filing.play),
    ("Triage, a second organisation verifies, consents are recorded", verifying.play),
    ("The brands contradict each other; those with leverage are asked, each once", asking.play),
    ("One answers in chat, one on the web; the silent ones are reminded", answering.play),
    ("A campaign is voted on; another is blocked", deciding.play),
    ("Letters: co-signed, released by two, sent, answered, reminded", writing.play),
    ("The money reaches the workers, and the case closes on their word", settling.play),
)


def play_all(place: Place) -> int:
    """Play every step; returns 0 only if every check held."""
    console = Console(highlight=False)
    stage = Stage(place, console)
    started = time.monotonic()
    for number, (words, step) in enumerate(STEPS, 1):
        console.print(f"[bold]{number}. {words}[/bold]")
        try:
            step(stage)
        except (CheckFailed, LookupError) as problem:
            console.print(f"   [red]✗ {problem}[/red]", markup=True)
            return 1
    console.print(f"[bold green]Every check held: {stage.checks} in {time.monotonic() - started:.0f} s.[/bold green]")
    return 0
