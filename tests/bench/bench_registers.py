"""How much slower the register is with 25,000 organisations and 75,000 people than with 250 and 750.

The application answers in this process, so that what is measured is our work and the database's, without a socket. The
two sizes take turns within one run, on each of the two databases.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from members.queries import actor_for, register_page
from network_app.core.db import engine_for, read_transaction, session_factory
from network_app.core.process import begin
from network_app.web.app import create_app
from tests.bench.register_rows import (
    BODIES,
    COALITIONS,
    COUNTRIES,
    FAMILIES,
    KINDS,
    LANGUAGES,
    SIDES,
    STATUSES,
    TOWNS,
    TRADES,
    Rows,
    often,
)
from tests.conftest import environment
from tests.servers import PostgresDatabases, SqliteDatabases

FEW, MANY = 250, 25_000
ROUNDS = 60
WARM_UP = 5
LIMIT = 1.5
WALK = 20
OTHERS: tuple[Callable[[random.Random], str], ...] = (
    lambda chance: f"side={chance.choice(SIDES)}",
    lambda chance: f"kind={chance.choice(KINDS)}",
    lambda chance: f"language={chance.choice(LANGUAGES)}",
    lambda chance: f"status={chance.choice(STATUSES)}",
    lambda chance: f"family={chance.choice(FAMILIES).replace(' ', '+')}",
)


@dataclass
class Register:
    """One network in one database, asked through the web application."""

    app: Flask
    factory: sessionmaker[Session]
    person: uuid.UUID
    slugs: list[str]
    places: list[str]
    took: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, what: str, path: str) -> None:
        """Answer one page, and note how long it took."""
        began = time.perf_counter()
        with (
            self.app.test_request_context(path, base_url="http://127.0.0.1:8000"),
            read_transaction(self.factory) as session,
        ):
            g.db, g.actor = session, actor_for(session, self.person)
            body = self.app.make_response(self.app.dispatch_request()).get_data()
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        if len(body) < 500:
            raise RuntimeError(f"{path}: {body!r}")


def draw(size: int) -> Rows:
    """A network of `size` organisations; a smaller one is the beginning of a larger one."""
    chance, rows = random.Random(3), Rows()  # noqa: S311  # the same ones each time, no secret
    for number in range(size):
        rows.add(chance, number)
    return rows


def prepare(url: str, folder: Path, size: int) -> tuple[Register, Engine]:
    """An application over a database with so many organisations."""
    settings = begin(environment(url, folder))
    engine = engine_for(url)
    factory, rows = session_factory(engine), draw(size)
    with factory() as session:
        rows.store(session)
    if engine.dialect.name == "postgresql":
        # Its own daemon does this after so many new rows; SQLite has none, so there nothing is done.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    first = uuid.UUID(str(rows.people[0]["id"]))
    slugs = [str(row["slug"]) for row in rows.organisations]
    return Register(create_app(settings, factory), factory, first, slugs, places(factory)), engine


def places(factory: sessionmaker[Session]) -> list[str]:
    """The cursors of a walk through the whole register, from page to page."""
    found: list[str] = []
    with read_transaction(factory) as session:
        after = register_page(session, {}, size=WALK).next
        while after:
            found.append(after)
            after = register_page(session, {}, size=WALK, after=after).next
    return found


def visits(chance: random.Random, register: Register) -> list[tuple[str, str]]:
    """What somebody does in the register: leaf through it, narrow it, search, look at a profile."""
    country, side, coalition = (chance.choice(several) for several in (COUNTRIES, SIDES, COALITIONS))
    deep = register.places[int(len(register.places) * chance.uniform(0.5, 1))]
    one_more = chance.choice(OTHERS)(chance)
    trade, body, town = often(chance, TRADES).lower(), often(chance, BODIES).lower(), often(chance, TOWNS).lower()
    slugs = [register.slugs[int(len(register.slugs) * chance.random())] for _ in range(2)]
    return [
        ("list", "/members"),
        ("list", f"/members?country={country}"),
        ("list", f"/members?coalition={coalition}&side={side}"),
        ("list", f"/members?country={country}&coalition={coalition}"),
        ("list", f"/members?{one_more}"),
        ("list", f"/members?after={deep}"),
        ("list", f"/members?country={country}&side={side}&after={deep}"),
        ("search", f"/members?text={trade[:3]}"),
        ("search", f"/members?text={trade}+{body}"),
        ("search", f"/members?text={town}"),
        ("search", f"/members?text={town[:2]}+{trade}+{body[:2]}"),
        ("search", f"/members?text={body}&country={country}"),
        ("search", f"/members?text={body}&after={deep}"),
        *(("profile", f"/members/{slug}") for slug in slugs),
    ]


def p95(values: list[float]) -> float:
    """The time within which 95 of 100 were answered."""
    return sorted(values)[int(len(values) * 0.95)]


def measure(kind: str, fresh: Callable[[], str], folder: Path) -> list[dict[str, object]]:
    """Ask both sizes in turns, visit by visit; one line for each thing that was asked."""
    few, few_engine = prepare(fresh(), folder / f"{kind}-few", FEW)
    many, many_engine = prepare(fresh(), folder / f"{kind}-many", MANY)
    gc.collect()
    gc.freeze()  # what was only drawn to fill the tables is no work of the pages
    for round_ in range(-WARM_UP, ROUNDS):
        if round_ == 0:
            few.took.clear()
            many.took.clear()
        asked = [visits(random.Random(round_), register) for register in (few, many)]  # noqa: S311  # no secret
        for pair in zip(*asked, strict=True):
            for register, (what, path) in zip((few, many), pair, strict=True):
                register.ask(what, path)
    lines = [_line(kind, what, p95(many.took[what]), p95(few.took[what])) for what in few.took]
    few_engine.dispose()
    many_engine.dispose()
    return lines


def _line(kind: str, what: str, many: float, few: float) -> dict[str, object]:
    return {
        "name": f"registers {what}, {kind}, p95",
        "figure": round(many * 1000, 2),
        "unit": "ms",
        "limit": LIMIT,
        "better": "lower",
        "baseline": round(few * 1000, 2),
        "ratio": round(many / few, 2),
    }


def main() -> int:
    """Measure on both databases; 1 if one is slower than allowed."""
    lines: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, servers in (("sqlite", SqliteDatabases), ("postgresql", PostgresDatabases)):
            databases = servers()
            try:
                lines += measure(kind, databases.fresh, Path(folder))
            finally:
                databases.stop()
    for line in lines:
        print(f"{line['name']}: {line['figure']} ms, with few {line['baseline']} ms, ratio {line['ratio']}")
    print(json.dumps(lines))
    return int(any(float(str(line["ratio"])) > LIMIT for line in lines))


if __name__ == "__main__":
    sys.exit(main())
