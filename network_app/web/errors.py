"""Each way an act can fail, as a page: plain words, what to do, nothing about a case, no traceback."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from network_app.core.errors import Conflict, GateShut, Invalid, NetworkError, NotAllowed, NotFound, TooMany
from network_app.core.i18n import LazyText, lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.web import problems

log = structlog.get_logger()

STATUS: dict[type[NetworkError], int] = {
    NotFound: 404,
    # Safety: "you may not" would tell that it exists.
    NotAllowed: 404,
    Invalid: 422,
    GateShut: 409,
    Conflict: 409,
    TooMany: 429,
}
OTHERWISE = lazy("This did not work. Go back and try again; what you typed is still in the form.")
SENTENCES: dict[int, LazyText] = {
    404: lazy(
        "There is nothing here, or it is not open to you. Look at the address again; if somebody sent it to you, ask "
        "them what you need to see it."
    ),
    405: lazy("This page cannot be used that way. Go back to where you came from."),
    413: lazy("What you sent is too large. A photo may have 25 MB; please send a smaller one."),
    429: TooMany.default,
    500: lazy("Something broke on our side. It was noted. Please try again in a few minutes."),
}


def install(app: Flask) -> None:
    """Map errors to pages, once for the whole web."""
    # Safety: Flask's own log would quote addresses and messages, line breaks and all.
    app.logger.disabled = True
    app.register_error_handler(NetworkError, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, broken)


def _refused(error: NetworkError) -> Answer:
    if problems.for_programs():
        return problems.of_refusal(error)
    if isinstance(error, NotAllowed) and g.get("actor") is not None and not g.actor.is_person:
        return see_other("sign_in.login")
    status = STATUS.get(type(error), 400)
    sentence = SENTENCES[404] if status == 404 else error
    return page("errors/error.html", status, sentence=sentence)


def _form_too_old(_error: CSRFError) -> Answer:
    sentence = lazy(
        "This form was open for too long, or came from elsewhere. Go back, reload the page and send it again."
    )
    return page("errors/error.html", 400, sentence=sentence)


def _http(error: HTTPException) -> Answer:
    if isinstance(error, SecurityError):
        # Asked under a name that is not ours: no page can be built, and none should carry that name.
        return Response(f"{OTHERWISE}\n", 400, mimetype="text/plain")
    if problems.for_programs():
        return problems.of_http(error)
    status = 413 if isinstance(error, RequestEntityTooLarge) else error.code or 500
    if status < 400:
        return error.get_response()
    return page("errors/error.html", status, sentence=SENTENCES.get(status, OTHERWISE))


def broken(error: Exception) -> Answer:
    """Something that nobody foresaw: noted, and told without a word of it."""
    # Safety: the kind of error and the place in the code, never its message: messages quote what people typed.
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "unknown"
    log.error("request_broke", endpoint=request.endpoint, error=type(error).__name__, place=place)
    if problems.for_programs():
        return problems.problem(500, *problems.HTTP[500])
    return page("errors/error.html", 500, sentence=SENTENCES[500])
