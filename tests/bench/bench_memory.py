"""`make bench-memory`: resident memory of a web worker that has shown every kind of page (the bot's: bench-fanout)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import psutil

from tests.bench.bench_page import WHO, longest_case
from tests.bench.site import Visitor, code_of, prepare, web

LIMIT_MB = 150
ROUNDS = 20
PAGES = ("/", "/file", "/r", "/me", "/today", "/appeals", "/votes", "/campaigns", "/letters", "/brands", "/facilities")
MORE = ("/members", "/calls", "/board")


def run(folder: Path) -> dict[str, object]:
    """Measure; returns the line of the benchmark."""
    place, logins = prepare(folder)
    paths = [*PAGES, *MORE, f"/appeals/{longest_case(place)[0]}"]
    with web(place) as master:
        for _ in range(ROUNDS):
            # A visitor each round, so that both workers get some of the visits.
            visitor = Visitor(place.web_port)
            visitor.sign_in(f"{WHO}@people.demo.example", logins[WHO], code_of(place, WHO))
            for path in paths:
                answer, _ = visitor.get(path)
                if answer.status >= 500:
                    raise RuntimeError(f"{path} answered {answer.status}")
            visitor.connection.close()
        workers = [worker.memory_info().rss for worker in psutil.Process(master).children()]
    return {
        "name": "memory of a web worker",
        "figure": round(max(workers) / 1024 / 1024, 1),
        "unit": "MB",
        "limit": LIMIT_MB,
        "better": "lower",
        "baseline": None,
        "ratio": None,
    }


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
