"""`make bench-intake`: what a phone must load before a worker can file: `/file` and everything it names, over the wire.

Counted are all bytes of the answers, heads included, with gzip, for a phone that was never here; the heaviest of the
offered languages counts.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from http.client import HTTPResponse
from pathlib import Path

from network_app.core.db import engine_for
from network_app.core.i18n import PSEUDO
from network_app.demo.place import LANGUAGES, open_place
from network_app.demo.probe import free_port
from network_app.migrations import schema
from tests.bench.site import Visitor, web

LIMIT_BYTES = 10_000
LIMIT_REQUESTS = 2
NAMED = re.compile(r"<(?:link|script|img|source|iframe)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']", re.I)
MORE = re.compile(rb"@import|url\((?![\"']?(?:data:|#))")
NOT_LOADED = re.compile(r"<link\b[^>]*\brel=[\"'](?:alternate|canonical)[\"'][^>]*>", re.I)


def wire_bytes(answer: HTTPResponse, body: bytes) -> int:
    """Size of an answer as it came: status line, head, and the body as it was encoded."""
    head = len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n") + 2
    return head + sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders()) + len(body)


def plain(answer: HTTPResponse, body: bytes) -> bytes:
    """The body of an answer, unpacked."""
    return gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body


def first_load(port: int, language: str) -> tuple[int, int]:
    """Bytes and requests of a first visit in a language."""
    visitor = Visitor(port)
    asked = {"Accept-Encoding": "gzip", "Accept-Language": language}
    answer, body = visitor.get("/file", asked)
    if answer.status != 200:
        raise RuntimeError(f"/file answered {answer.status}")
    total, requests = wire_bytes(answer, body), 1
    text = plain(answer, body).decode()
    named = {address for address in NAMED.findall(NOT_LOADED.sub("", text)) if not address.startswith("data:")}
    for address in sorted(named):
        if not address.startswith("/"):
            raise RuntimeError(f"/file loads something from elsewhere: {address}")
        more, content = visitor.get(address, asked)
        total, requests = total + wire_bytes(more, content), requests + 1
        if MORE.search(plain(more, content)):
            raise RuntimeError(f"{address} loads something more, which is not counted here")
    return total, requests


def run(folder: Path) -> list[dict[str, object]]:
    """Measure; returns the lines of the benchmark."""
    place = open_place(folder, web_port=free_port())
    engine = engine_for(f"sqlite:///{folder / 'network.db'}")
    schema.upgrade(engine)
    engine.dispose()
    languages = [code for code in LANGUAGES.split(",") if code != PSEUDO]
    with web(place):
        measured = [first_load(place.web_port, code) for code in languages]
    common = {"better": "lower", "baseline": None, "ratio": None}
    most_bytes, most_requests = (max(column) for column in zip(*measured, strict=True))
    return [
        {"name": "first load of /file", "figure": most_bytes, "unit": "bytes", "limit": LIMIT_BYTES} | common,
        {"name": "requests for /file", "figure": most_requests, "unit": "requests", "limit": LIMIT_REQUESTS} | common,
    ]


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
