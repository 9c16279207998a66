"""In which language a page speaks: asked for in the address, chosen before, the person's own, or the browser's.

Moments are told in the person's own zone; a stranger, of whom we know none, reads UTC.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, g, request

from network_app.core.i18n import LANGUAGES, PSEUDO, current_language, set_language, set_zone
from network_app.core.permissions import Actor
from network_app.core.zones import UTC, zone_named
from network_app.web.problems import for_programs

COOKIE = "lang"
YEAR = 365 * 24 * 3600
pages = Blueprint("language", __name__)


def install(app: Flask, languages: tuple[str, ...]) -> None:
    """Choose the language before every view; `?lang=xx` chooses it and is remembered, without a session."""
    offered = [code for code in languages if code in LANGUAGES]
    app.config["OFFERED_LANGUAGES"] = offered

    @app.before_request
    def choose() -> None:
        set_language(_wanted(offered))
        set_zone(zone_named(_actor().zone) or UTC)

    @app.after_request
    def remember(answer: Response) -> Response:
        asked = request.args.get("lang", "")
        if asked in offered and not for_programs():
            secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            answer.set_cookie(COOKIE, asked, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
        if request.endpoint != "static":
            answer.headers["Content-Language"] = "en" if current_language() == PSEUDO else current_language()
            answer.vary.add("Accept-Language")
        return answer


def _actor() -> Actor:
    found: Actor = g.get("actor") or Actor.nobody()
    return found


def _wanted(offered: list[str]) -> str:
    if for_programs():
        # Never a cookie; whose token it is, and so their language, is only found out later.
        return request.accept_languages.best_match(offered, default="en") or "en"
    actor = _actor()
    own = actor.language if actor.is_person else None
    for code in (request.args.get("lang"), request.cookies.get(COOKIE), own):
        if code in offered:
            return code
    return request.accept_languages.best_match(offered, default="en") or "en"
