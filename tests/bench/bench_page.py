"""`make bench-page`: appeal queue with 50 rows and a case page, against bare Flask and Jinja pages with the same rows.

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

from sqlalchemy import text

from network_app.core.db import engine_for
from network_app.demo.place import Place
from network_app.demo.probe import free_port
from tests.bench.site import Visitor, prepare, serving, web

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


def longest_case(place: Place) -> tuple[str, str]:
    """Reference and timeline of the case that most happened in, among those of the reader's country."""
    engine = engine_for(f"sqlite:///{place.folder / 'network.db'}")
    with engine.connect() as connection:
        by_chain = dict(connection.execute(text("SELECT chain, count(*) FROM chain_link GROUP BY chain")).all())
        appeals = connection.execute(text("SELECT ref, id FROM appeal WHERE country = 'KH'")).all()
    engine.dispose()
    chains = {
        ref: next(chain for chain in by_chain if chain.replace("-", "").endswith(_plain(key))) for ref, key in appeals
    }
    ref = max(chains, key=lambda ref: by_chain[chains[ref]])
    return ref, chains[ref]


def _plain(key: object) -> str:
    return str(key).replace("-", "")


def run(folder: Path) -> list[dict[str, object]]:
    """Measure; returns the lines of the benchmark."""
    place, logins = prepare(folder)
    port = free_port()
    argv = [sys.executable, *BARE, "--bind", f"127.0.0.1:{port}"]
    environment = {"DATABASE_URL": f"sqlite:///{place.folder / 'network.db'}"}
    with web(place), serving(argv, f"http://127.0.0.1:{port}/", env=environment, log=folder / "bare.log"):
        visitor, bare = Visitor(place.web_port), Visitor(port)
        visitor.sign_in(f"{WHO}@people.demo.example", logins[WHO])
        ref, chain = longest_case(place)
        return [
            compare("appeal queue, 50 rows", (visitor, "/appeals"), (bare, "/")),
            compare("case page", (visitor, f"/appeals/{ref}"), (bare, f"/case/{chain}")),
        ]


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-page-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
