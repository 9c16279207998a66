"""`make bench-page`: the appeal queue with 50 rows, and the page of a case in which 50 things happened.

Compared with bare Flask and Jinja pages that show the same rows by one query (bare_pages.py).

Both are served by the same server with the same settings. One visitor asks them in turn, so that a busy moment of the
machine meets both.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from network_app.core.audit import ChainLink
from network_app.core.db import engine_for, session_factory
from network_app.demo.place import Place
from network_app.demo.probe import free_port
from tests.bench.site import Visitor, code_of, prepare, serving, web
from urgent_appeals.models import Appeal

WHO = "rithy"
WARM_UP = 20
ASKED = 300
LIMIT = 3.0
BARE = ["-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "tests.bench.bare_pages:app"]


def seconds(visitor: Visitor, path: str) -> float:
    """How long one page takes from asking to its last byte."""
    started = time.perf_counter()
    answer, body = visitor.get(path)
    taken = time.perf_counter() - started
    if answer.status != 200 or len(body) < 500:
        raise RuntimeError(f"{path} answered {answer.status}")
    return taken


def p95(values: list[float]) -> float:
    """The time that 95 of 100 stay under."""
    return statistics.quantiles(values, n=20)[-1]


def compare(name: str, ours: tuple[Visitor, str], bare: tuple[Visitor, str]) -> dict[str, object]:
    """One line of the benchmark."""
    for _ in range(WARM_UP):
        seconds(*ours)
        seconds(*bare)
    pairs = [(seconds(*ours), seconds(*bare)) for _ in range(ASKED)]
    figure, baseline = p95([pair[0] for pair in pairs]), p95([pair[1] for pair in pairs])
    return {
        "name": name,
        "figure": round(figure * 1000, 2),
        "unit": "ms p95",
        "limit": LIMIT,
        "better": "lower",
        "baseline": round(baseline * 1000, 2),
        "ratio": round(figure / baseline, 2),
    }


def longest_case(place: Place) -> tuple[str, UUID]:
    """Reference and id of the case that most happened in, among those of the reader's country."""
    engine = engine_for(f"sqlite:///{place.folder / 'network.db'}")
    with session_factory(engine)() as session:
        length = func.count(ChainLink.seq)
        found = select(Appeal.ref, Appeal.id).where(Appeal.country == "KH")
        links = dict(session.execute(select(ChainLink.chain, length).group_by(ChainLink.chain)).tuples().all())
        cases = session.execute(found).tuples().all()
    engine.dispose()
    return max(cases, key=lambda case: links.get(f"appeal:{case[1]}", 0))


def run(folder: Path) -> list[dict[str, object]]:
    """Measure; returns the lines of the benchmark."""
    place, logins = prepare(folder)
    port = free_port()
    argv = [sys.executable, *BARE, "--bind", f"127.0.0.1:{port}"]
    environment = {"DATABASE_URL": f"sqlite:///{place.folder / 'network.db'}"}
    with web(place), serving(argv, f"http://127.0.0.1:{port}/", env=environment, log=folder / "bare.log"):
        visitor, bare = Visitor(place.web_port), Visitor(port)
        visitor.sign_in(f"{WHO}@people.demo.example", logins[WHO], code_of(place, WHO))
        ref, key = longest_case(place)
        return [
            compare("appeal queue, 50 rows", (visitor, "/appeals"), (bare, "/")),
            compare("case page, 50 rows", (visitor, f"/appeals/{ref}"), (bare, f"/case/{key}")),
        ]


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-page-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
