"""The few kinds of answer a view gives."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

Answer = Response | BaseResponse


def page(template: str, status: int = 200, **values: Any) -> Answer:
    """A rendered page."""
    return make_response(render_template(template, **values), status)


def see_other(endpoint: str, _fragment: str | None = None, **values: Any) -> Answer:
    """After an act: look at its result, so that reloading does not repeat it (303)."""
    return redirect(url_for(endpoint, _anchor=_fragment, **values), code=303)


def download(data: bytes, *, mimetype: str, name: str, inline: bool = False) -> Answer:
    """A file, shut off from our own pages so that nothing in it can act here."""
    answer = Response(data, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return answer
