"""How much slower the register is with 25,000 organisations and 75,000 people than with 250 and 750.

The application answers in this process, so that what is measured is our work and the database's, without a socket. The
two sizes take turns within one run, on each of the two databases.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask, g
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session, sessionmaker

from members.models import Coalition, CoalitionMembership, Mandate, NamePrefix, Organisation, Person
from members.queries import actor_for
from members.rules import OrganisationKind, OrganisationStatus, Side, fold, prefixes_of
from network_app.core.db import engine_for, read_transaction, session_factory
from network_app.core.permissions import Duty
from network_app.core.process import begin
from network_app.web.app import create_app
from tests.conftest import environment
from tests.servers import PostgresDatabases, SqliteDatabases

FEW, MANY = 250, 25_000
PEOPLE_EACH = 3
ROUNDS = 60
LIMIT = 1.5
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
FIRST = (
    "Garment", "Textile", "Sewing", "Knit", "Weaving", "Leather",
    "Cotton", "Denim", "Lace", "Silk", "Wool", "Button",
)  # fmt: skip
KINDS = ["Workers", "Women", "Youth", "Home", "Migrant", "Federated", "Free", "United"]
LAST = ["Union", "Federation", "Centre", "Alliance", "Committee", "Network"]
COUNTRIES = (
    "BD", "KH", "IN", "PK", "LK", "ID", "VN", "CN", "MM", "TH", "TR",
    "MA", "TN", "LS", "DE", "FR", "NL", "SE", "GB", "US", "CA", "AU",
)  # fmt: skip


@dataclass
class Register:
    """One network in one database, asked through the web application."""

    app: Flask
    factory: sessionmaker[Session]
    person: uuid.UUID
    slugs: list[str]
    places: list[str] = field(default_factory=list)
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


def name_of(number: int) -> str:
    """A name made of common words, which many share, and a rare one."""
    return f"{FIRST[number % 12]} {KINDS[number // 12 % 8]} {LAST[number // 96 % 6]} {number:05d}"


def fill(session: Session, size: int) -> tuple[uuid.UUID, list[str]]:
    """Put a network of `size` organisations in; returns somebody who looks around, and the addresses of profiles."""
    coalitions = [uuid.uuid4() for _ in range(4)]
    session.execute(insert(Coalition), [{"id": i, "slug": f"c{n}", "name": f"C {n}"} for n, i in enumerate(coalitions)])
    organisations = [_organisation(number, coalitions) for number in range(size)]
    people, mandates, prefixes = [], [], []
    for number, row in enumerate(organisations):
        for which in range(PEOPLE_EACH):
            person = {"id": uuid.uuid4(), "handle": f"p{number}-{which}", "language": "en"}
            people.append(person)
            mandates.append(_mandate(person["id"], row["id"]))
        prefixes += [
            {"organisation_id": row["id"], "prefix": prefix, "folded": row["folded"]}
            for prefix in prefixes_of(str(row["name"]))
        ]
    members = [
        {"id": uuid.uuid4(), "organisation_id": row["id"], "coalition_id": row["bloc_id"], "since": SINCE}
        for row in organisations
    ]
    for model, rows in (
        (Organisation, organisations),
        (Person, people),
        (Mandate, mandates),
        (CoalitionMembership, members),
        (NamePrefix, prefixes),
    ):
        for start in range(0, len(rows), 5_000):
            session.execute(insert(model), rows[start : start + 5_000])
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return people[0]["id"], [str(row["slug"]) for row in organisations]  # type: ignore[return-value]  # a new uuid


def _organisation(number: int, coalitions: list[uuid.UUID]) -> dict[str, object]:
    name = name_of(number)
    return {
        "id": uuid.uuid4(),
        "slug": f"o{number}",
        "name": name,
        "folded": fold(name),
        "kind": OrganisationKind.UNION,
        "country": COUNTRIES[number % len(COUNTRIES)],
        "side": list(Side)[number % 3],
        "status": OrganisationStatus.ACTIVE,
        "languages": ["en", "bn"],
        "room_language": "en",
        "joined_on": date(2020, 1, 1),
        "fictional": True,
        "secretariat": False,
        "bloc_id": coalitions[number % 4],
        "monthly_call_cap": 6,
    }


def _mandate(person_id: object, organisation_id: object) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "person_id": person_id,
        "organisation_id": organisation_id,
        "duty": Duty.ACT,
        "since": SINCE,
        "granted_at": SINCE,
        "alternate": False,
        "version": 1,
    }


def prepare(url: str, folder: Path, size: int) -> tuple[Register, Engine]:
    """An application over a database with so many organisations."""
    settings = begin(environment(url, folder))
    engine = engine_for(url)
    factory = session_factory(engine)
    with factory() as session:
        person, slugs = fill(session, size)
    return Register(create_app(settings, factory), factory, person, slugs), engine


def visits(chance: random.Random, register: Register) -> list[tuple[str, str]]:
    """What somebody does in the register: leaf through it, narrow it, search, look at a profile."""
    number = chance.randrange(len(register.slugs))
    words = name_of(number).lower().split()
    return [
        ("list", "/members"),
        ("list", f"/members?country={chance.choice(COUNTRIES)}"),
        ("list", f"/members?coalition=c{chance.randrange(4)}&side={chance.choice(list(Side))}"),
        ("search", f"/members?text={words[0][:4]}"),
        ("search", f"/members?text={words[0]}+{words[2]}"),
        ("search", f"/members?text={words[3]}"),
        ("profile", f"/members/{register.slugs[number]}"),
    ]


def p95(values: list[float]) -> float:
    """The time within which 95 of 100 were answered."""
    return sorted(values)[int(len(values) * 0.95)]


def measure(kind: str, fresh: Callable[[], str], folder: Path) -> list[dict[str, object]]:
    """Ask both sizes in turns; one line for each thing that was asked."""
    few, few_engine = prepare(fresh(), folder / f"{kind}-few", FEW)
    many, many_engine = prepare(fresh(), folder / f"{kind}-many", MANY)
    for round_ in range(ROUNDS + 5):
        for register in (few, many):
            chance = random.Random(round_)  # noqa: S311  # the same visits each time, no secret
            for what, path in visits(chance, register):
                register.ask(what, path)
        if round_ == 4:  # the first rounds only warm up
            few.took.clear()
            many.took.clear()
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
