"""Forms that another site sends here are refused, before anything is read from them.

The token in each form says the same; this holds as well where a form has no token because cookies may be off.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFError

from network_app.web.problems import for_programs
from network_app.web.unit_of_work import SAFE

# What a browser says of a request that a page of ours, or the person themselves, set off.
OURS = ("", "same-origin", "none")
PORTS = {"http": 80, "https": 443}


def install(app: Flask, public_url: str) -> None:
    """Look at where an unsafe request comes from. Programs are no browsers, and no cookie counts for them."""
    own = _place(public_url)

    @app.before_request
    def refuse_from_elsewhere() -> None:
        if request.method in SAFE or for_programs():
            return
        if request.headers.get("Sec-Fetch-Site", "") not in OURS or not _is_own(request.headers.get("Origin", ""), own):
            raise CSRFError()


def _is_own(origin: str, own: tuple[str, str | None, int | None]) -> bool:
    # Our pages say no-referrer, so that browsers name the origin of their forms "null".
    if origin in ("", "null"):
        return True
    try:
        return _place(origin) == own
    except ValueError:
        return False


def _place(address: str) -> tuple[str, str | None, int | None]:
    """What makes two addresses one origin: another port of our own machine is elsewhere too."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)
