"""Today and the board."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, url_for

from network_app.core import clock
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, download, page
from network_app.pages.request import actor, db
from network_app.tracking.board import Line, lines, stuck
from network_app.tracking.today import Kind, duty_now, ending_soon, tasks_of

pages = Blueprint("tracking", __name__)
# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pages.get("/today")
def today() -> Answer:
    """Show what waits for me."""
    now = clock.now(db())
    tasks = tasks_of(db(), actor())
    rings = [task for task in tasks if task.kind is Kind.RING]
    late = [task for task in tasks if task.is_late(now) and task.kind is not Kind.RING]
    in_time = [task for task in tasks if not task.is_late(now) and task.kind is not Kind.RING]
    groups = [(Kind.RING.label, rings), (lazy("Late"), late)]
    groups += [(kind.label, [task for task in in_time if task.kind is kind]) for kind in Kind if kind is not Kind.RING]
    return page(
        "tracking/today.html",
        tasks=tasks,
        groups=groups,
        now=now,
        duty=duty_now(db()),
        ending=ending_soon(db(), actor()),
    )


@pages.get("/board")
def board() -> Answer:
    """Show every appeal and campaign with its next step."""
    require(actor(), Permission.SEE_BOARD)
    return page("tracking/board.html", lines=lines(db(), actor()), stuck=stuck(db()), now=clock.now(db()))


@pages.get("/board.csv")
def board_csv() -> Answer:
    """The board for a spreadsheet."""
    require(actor(), Permission.SEE_BOARD)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["ref", "stage", "next", "who", "due", "late", "page"])
    for line in lines(db(), actor()):
        writer.writerow([harmless(cell) for cell in _cells(line)])
    return download(table.getvalue().encode("utf-8-sig"), mimetype="text/csv", name="board.csv")


def _cells(line: Line) -> list[str]:
    due = line.due.isoformat() if line.due else ""
    where = url_for(line.endpoint, ref=line.ref, _external=True)
    return [line.ref, str(line.stage), str(line.next_step), line.owner, due, "yes" if line.late else "", where]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not compute (SAFETY W8)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
