"""Gunicorn, set for this application: threads for waits, two workers, no header that tells what runs here."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http import errors as wrong
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from network_app.core import process
from network_app.core.config import Settings, current
from network_app.core.db import engine_for, session_factory
from network_app.web.app import create_app
from network_app.web.headers import on_every_answer

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MIB = 1024 * 1024
# What a client can do wrong before there is a request that the application could answer; the first that fits.
REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (wrong.InvalidResponseHeader, "500 Internal Server Error"),
    (wrong.LimitRequestLine, "414 URI Too Long"),
    (wrong.LimitRequestHeaders, "431 Request Header Fields Too Large"),
    (wrong.UnsupportedTransferCoding, "501 Not Implemented"),
    (wrong.ExpectationFailed, "417 Expectation Failed"),
    (wrong.ParseException, "400 Bad Request"),
    (Exception, "500 Internal Server Error"),
)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """One process with threads, which refuses what is no request with the headers of every other answer."""

    def handle_error(self, _request: Any, client: Any, _address: Any, error: Exception) -> None:
        """Refuse in few words.

        Safety: gunicorn itself would quote what was sent, and log from which address and for which private link.
        """
        status = next(status for kind, status in REFUSALS if isinstance(error, kind))
        self.log.warning("refused before the application: %s, %s", status, type(error).__name__)
        always = on_every_answer(tls=current().public_url.startswith("https://"))
        said = {"Connection": "close", "Content-Type": "text/plain", "Content-Length": str(len(status)), **always}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        with suppress(OSError):
            write_nonblock(client, f"HTTP/1.1 {status}\r\n{head}\r\n{status}".encode("latin-1"))


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """The web server of one installation."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # In each worker anew: a database connection must not be shared across a fork.
        settings = process.begin()
        app = create_app(settings, session_factory(engine_for(settings.database_url)))
        # What is there now stays: without this, each full collection in the middle of a page goes through all of it.
        gc.collect()
        gc.freeze()
        return app


def share_memory() -> None:
    """Let all threads take memory from one heap (glibc only; elsewhere nothing happens).

    Each sign-in hashes with 19 MB. Left alone, glibc keeps a block of that size for each thread anew; and were it given
    back each time, the system would spend a tenth of the sign-in on clearing it again.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
        # One sign-in's block stays in the heap, and the heap is not made smaller after each page.
        mallopt(M_MMAP_THRESHOLD, 32 * MIB)
        mallopt(M_TRIM_THRESHOLD, 64 * MIB)


def serve(settings: Settings) -> None:
    """Serve until told to stop. BIND and WEB_CONCURRENCY come from the environment, as gunicorn's users expect."""
    share_memory()
    Server(
        {
            "bind": os.environ.get("BIND", "127.0.0.1:8000"),
            "workers": int(os.environ.get("WEB_CONCURRENCY", "2")),
            "worker_class": Worker,
            "threads": 8,
            # A supplier list of 10,000 rows is read within one request.
            "timeout": 120,
            "graceful_timeout": 15,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "forwarded_allow_ips": "127.0.0.1",
            # Safety: by default a header SCRIPT_NAME or PATH_INFO that a stranger sends through a proxy on this machine
            # would say which page is asked for.
            "forwarder_headers": "",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112  # not a file of ours
        }
    ).run()
