"""Today and the board for programs."""

from __future__ import annotations

import datetime as dt

from network_app.core import clock
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.operations import Section
from network_app.pages.payload import PAGE_SIZE, AskedPage, Output, Page, page_of_slice
from network_app.pages.request import actor, db
from network_app.tracking.board import Line, lines_after
from network_app.tracking.today import tasks_of

api = Section("tracking", "What waits for me, and the board of everything that I may see.")


class TaskShown(Output):
    """One thing to do."""

    what: str
    ref: str
    due: dt.datetime | None
    late: bool


class Today(Output):
    """What waits for me, the most urgent first."""

    items: list[TaskShown]


class LineShown(Output):
    """One appeal or campaign, with its next step and who has it."""

    ref: str
    stage: str
    next_step: str
    owner: str
    due: dt.datetime | None
    late: bool


@api.get("/today", gives=Today, scope=Scope.READ_BOARD, may=Permission.SEE_NETWORK, web="tracking.today")
def today() -> Today:
    """List what waits for me."""
    now = clock.now(db())
    return Today(
        items=[
            TaskShown(what=str(task.words), ref=task.ref, due=task.due, late=task.is_late(now))
            for task in tasks_of(db(), actor())
        ]
    )


@api.get(
    "/board",
    gives=Page[LineShown],
    asks=AskedPage,
    scope=Scope.READ_BOARD,
    may=Permission.SEE_BOARD,
    web="tracking.board tracking.board_csv",
)
def board(asked: AskedPage) -> Page[LineShown]:
    """List every appeal and campaign that I may see, with its next step."""
    return page_of_slice(lines_after(db(), actor(), after=asked.after, size=PAGE_SIZE), _line)


def _line(line: Line) -> LineShown:
    return LineShown(
        ref=line.ref,
        stage=str(line.stage),
        next_step=str(line.next_step),
        owner=line.owner,
        due=line.due,
        late=line.late,
    )
