"""The API as a list: each operation with its path, what it takes and gives, and the page of the web it stands for.

A domain writes its operations in `api.py`, over the same use cases and queries as its pages. `network_app.web.api`
serves them; `network_app.pages.openapi` writes the document about them. Nothing is in one and not in the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Asked, Input, Output

View = TypeVar("View", bound=Callable[..., Any])
SMALL = 1_000_000
LARGE = 42_000_000


@dataclass(frozen=True)
class Operation:
    """One thing a program can do."""

    section: str
    method: str
    # As Flask writes it, under /api/v1: `/votes/<ref>/cast`.
    path: str
    view: Callable[..., Any] = field(repr=False)
    # None: open to all.
    scope: Scope | None
    permission: Permission | None
    takes: type[Input] | None
    asks: type[Asked] | None
    gives: type[Output] | None
    status: int
    # The endpoints of the web that this operation stands for.
    web: tuple[str, ...]
    # The reading operation of what this act changes, for If-Match.
    changes: str
    # The most bytes a body may have.
    largest: int
    # Whether the answer is kept for the same Idempotency-Key. Not where each time must be logged, nor where the use
    # case itself knows the key again.
    kept: bool

    @property
    def name(self) -> str:
        """Its name in the document."""
        return f"{self.section}_{self.view.__name__}"

    @property
    def safe(self) -> bool:
        """Whether it only reads."""
        return self.method == "GET"

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (self.view.__doc__ or "").strip().partition("\n")[0]


class Section:
    """The operations of one domain, in the order in which they are written down."""

    def __init__(self, name: str, about: str) -> None:
        self.name = name
        self.about = about
        self.operations: list[Operation] = []

    def get(
        self,
        path: str,
        *,
        gives: type[Output],
        scope: Scope | None,
        may: Permission | None = None,
        asks: type[Asked] | None = None,
        web: str = "",
    ) -> Callable[[View], View]:
        """Register an operation that reads. `web` names the endpoints it stands for, with spaces between them."""

        def keep(view: View) -> View:
            self._add("GET", path, view, scope, permission=may, asks=asks, gives=gives, status=200, web=web)
            return view

        return keep

    def post(
        self,
        path: str,
        *,
        scope: Scope | None,
        web: str,
        may: Permission | None = None,
        takes: type[Input] | None = None,
        gives: type[Output] | None = None,
        changes: str = "",
        largest: int = SMALL,
        kept: bool = True,
    ) -> Callable[[View], View]:
        """Register an act. It answers 201 with what `gives` says, or 204 with nothing."""

        def keep(view: View) -> View:
            self._add(
                "POST",
                path,
                view,
                scope,
                permission=may,
                takes=takes,
                gives=gives,
                status=201 if gives else 204,
                web=web,
                changes=changes and f"{self.name}_{changes}",
                largest=largest,
                kept=kept,
            )
            return view

        return keep

    def _add(self, method: str, path: str, view: View, scope: Scope | None, **facts: Any) -> None:
        blank = {"takes": None, "asks": None, "changes": "", "largest": SMALL, "kept": True}
        facts["web"] = tuple(facts["web"].split())
        self.operations.append(Operation(self.name, method, path, view, scope, **(blank | facts)))
