"""Asking a server on this machine whether it is there."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


def answers(url: str, *, seconds: float = 2) -> bool:
    """Whether `url` answers now: for http a status below 400, for smtp (`smtp://127.0.0.1:2525`) a connection."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    try:
        if parts.scheme != "http":
            socket.create_connection(address, timeout=seconds).close()
            return True
        connection = HTTPConnection(*address, timeout=seconds)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status < 400
        finally:
            connection.close()
    except (OSError, HTTPException):
        return False


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
