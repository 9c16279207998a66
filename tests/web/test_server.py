"""What the real server says before the application is asked: refused as plainly, and noted without whoever sent it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from network_app.demo.probe import free_port
from tests.bench.site import serving
from tests.conftest import environment
from tests.servers import SqliteDatabases
from tests.web.test_headers import check_headers

WEB = "from network_app.core import process; from network_app.web.server import serve; serve(process.begin())"
HOST = "Host: 127.0.0.1\r\nConnection: close\r\n"
LENGTHS = "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"
CHUNKS = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
NO_REQUEST = {
    "two hosts": f"GET / HTTP/1.1\r\nHost: elsewhere.example\r\n{HOST}\r\n",
    "two lengths": f"POST /login HTTP/1.1\r\n{HOST}{LENGTHS}",
    "length and chunks": f"POST /login HTTP/1.1\r\n{HOST}{CHUNKS}",
    "another coding": f"POST /login HTTP/1.1\r\n{HOST}Transfer-Encoding: xchunked\r\n\r\n",
    "a small verb": f"get /invited/a-private-link HTTP/1.1\r\n{HOST}\r\n",
    "a long address": f"GET /{'a' * 9000} HTTP/1.1\r\n{HOST}\r\n",
    "a long header": f"GET / HTTP/1.1\r\n{HOST}X-More: {'a' * 20_000}\r\n\r\n",
    "many headers": f"GET / HTTP/1.1\r\n{HOST}" + "X-More: 1\r\n" * 300 + "\r\n",
    "a name with a space": f"GET / HTTP/1.1\r\n{HOST}X More: 1\r\n\r\n",
}


@pytest.fixture(scope="module")
def port(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The web as `network-app web` serves it."""
    url, folder, number = sqlite_databases.fresh(), tmp_path_factory.mktemp("server"), free_port()
    more = {"PUBLIC_URL": f"http://127.0.0.1:{number}", "BIND": f"127.0.0.1:{number}", "WEB_CONCURRENCY": "1"}
    log = folder / "web.log"
    with serving(
        [sys.executable, "-c", WEB], f"http://127.0.0.1:{number}/healthz", env=environment(url, folder) | more, log=log
    ):
        yield number
    assert_names_nobody(log)
    sqlite_databases.drop(url)


def assert_names_nobody(log: Path) -> None:
    written = log.read_text()
    assert "refused before the application" in written
    assert "127.0.0.1," not in written and "ip=" not in written and "private-link" not in written


def send(port: int, request: str) -> tuple[int, dict[str, str], str]:
    """Send these very bytes; returns status, headers and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request.encode())
        received = b""
        while more := line.recv(65_536):
            received += more
    head, _, body = received.decode().partition("\r\n\r\n")
    first, *rest = head.split("\r\n")
    return int(first.split(" ")[1]), dict(each.split(": ", 1) for each in rest), body


@pytest.mark.parametrize("kind", NO_REQUEST)
def test_what_is_no_request_is_refused_with_the_headers_of_every_answer(port: int, kind: str) -> None:
    status, headers, body = send(port, NO_REQUEST[kind])
    assert 400 <= status < 500 or status == 501
    check_headers(headers, kind)
    assert "a-private-link" not in body and "elsewhere" not in body


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "Script-Name", "Path-Info", "X-Script-Name"])
def test_no_header_says_which_page_is_asked_for(port: int, name: str) -> None:
    plain = send(port, f"GET /today HTTP/1.1\r\n{HOST}\r\n")
    assert plain[0] == 303
    for value in ("/verify", "/today", "/"):
        status, headers, _ = send(port, f"GET /today HTTP/1.1\r\n{HOST}{name}: {value}\r\n\r\n")
        assert (status, headers.get("Location")) == (303, "/login"), value
