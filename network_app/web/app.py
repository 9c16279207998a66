"""The web application: which pages there are, and what every one of them gets."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy.orm import Session, sessionmaker

import members.routes
import network_app.campaigns.routes
import network_app.letters.routes
import network_app.targets.routes
import network_app.tracking.routes
import network_app.votes.routes
import urgent_appeals.routes.intake
import urgent_appeals.routes.remedy
import urgent_appeals.routes.response
import urgent_appeals.routes.rings
import urgent_appeals.routes.texts
import urgent_appeals.routes.triage
import urgent_appeals.routes.workers_word
from network_app import gates
from network_app.core import clock, i18n
from network_app.core.config import Settings
from network_app.core.errors import NotAllowed, NotFound
from network_app.core.i18n import LANGUAGES, PSEUDO, current_language, lazy
from network_app.web import (
    api,
    compression,
    elsewhere,
    ended,
    errors,
    front,
    headers,
    language,
    recovering,
    unit_of_work,
    who,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    front.pages,
    # The way in and, on the same blueprint, the ways back in.
    recovering.pages,
    members.routes.pages,
    members.routes.applicants,
    network_app.targets.routes.pages,
    network_app.votes.routes.pages,
    network_app.letters.routes.pages,
    urgent_appeals.routes.intake.pages,
    urgent_appeals.routes.triage.pages,
    urgent_appeals.routes.response.pages,
    urgent_appeals.routes.rings.pages,
    urgent_appeals.routes.texts.pages,
    urgent_appeals.routes.remedy.pages,
    urgent_appeals.routes.workers_word.pages,
    network_app.campaigns.routes.pages,
    network_app.tracking.routes.pages,
)
# What a stranger may ask for. Everything else needs a person with a mandate.
PUBLIC_BLUEPRINTS = frozenset({"api", "applying", "front", "sign_in", "intake", "word"})
PUBLIC = frozenset(
    {"static", "letters.verify", "letters.verify_json", "letters.verify_form", "members.invited", "members.join"}
)
# Nobody is signed in there, so there is no right that a foreign page could borrow; and cookies may be off.
WITHOUT_CSRF = (urgent_appeals.routes.intake.pages,)
NAVIGATION = (
    ("tracking.today", lazy("Today")),
    ("appeals.queue", lazy("Appeals")),
    ("response.my_calls", lazy("Calls")),
    ("votes.all_votes", lazy("Votes")),
    ("campaigns.all_campaigns", lazy("Campaigns")),
    ("letters.all_letters", lazy("Letters")),
    ("targets.brands", lazy("Brands")),
    ("targets.facilities", lazy("Factories")),
    ("members.register", lazy("Members")),
    ("members.duty", lazy("Duty")),
    ("tracking.board", lazy("Board")),
)
TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = Path(__file__).parents[1] / "static"


def create_app(settings: Settings, factory: sessionmaker[Session]) -> Flask:
    """Make the web application of one installation."""
    app = Flask("network_app", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    tls = settings.public_url.startswith("https://")
    app.config.update(_flask_settings(settings, tls=tls))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["open_gate"] = gates.open_gate
    unit_of_work.install(app, factory)
    who.install(app, factory)
    language.install(app, settings.languages)
    elsewhere.install(app, settings.public_url)
    app.before_request(_refuse_zero_bytes)
    ended.install(app, _is_public)
    app.before_request(_keep_strangers_out)
    csrf = CSRFProtect(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for open_to_all in WITHOUT_CSRF:
        csrf.exempt(open_to_all)
    # Safety: no cookie counts there, so there is no right that a foreign page could borrow.
    csrf.exempt(api.install(app, factory))
    headers.install(app, tls=tls)
    compression.install(app)
    errors.install(app)
    _install_words(app, settings)
    return app


def _flask_settings(settings: Settings, *, tls: bool) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "SESSION_COOKIE_NAME": "__Host-session" if tls else "session",
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "TRUSTED_HOSTS": [urlsplit(settings.public_url).hostname or ""],
        "MAX_CONTENT_LENGTH": 30 * 1024 * 1024,
        # A megabyte pasted into a field comes back with the field named, not as a bare refusal.
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 300,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _refuse_zero_bytes() -> None:
    # No address of ours has one; PostgreSQL breaks on it. In a form the field is named instead.
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        raise NotFound()


def _keep_strangers_out() -> None:
    if not _is_public() and not g.actor.is_person:
        raise NotAllowed()


def _is_public() -> bool:
    return request.endpoint is None or request.endpoint in PUBLIC or request.blueprint in PUBLIC_BLUEPRINTS


def when(moment: datetime) -> Markup:
    """A moment on the reader's clock, with the exact one for programs: `{{ letter.sent_at|when }}`."""
    return Markup(f'<time datetime="{moment.isoformat()}">{escape(i18n.moment_text(moment))}</time>')  # noqa: S704  # the text in it is escaped


def _install_words(app: Flask, settings: Settings) -> None:
    style = (STATIC / "style.css").read_bytes()
    app.jinja_env.globals.update(
        ngettext=i18n.ngettext,
        date_text=i18n.date_text,
        moment_text=i18n.moment_text,
        money_text=i18n.money_text,
        country_name=i18n.country_name,
        language_name=i18n.language_name,
        direction=i18n.direction,
        network_name=settings.network_name,
        navigation=NAVIGATION,
        style_version=hashlib.sha256(style).hexdigest()[:10],
        script_version=hashlib.sha256((STATIC / "passkey.js").read_bytes()).hexdigest()[:10],
    )
    app.jinja_env.globals["_"] = i18n.gettext
    app.jinja_env.filters["when"] = when

    @app.context_processor
    def of_this_request() -> dict[str, object]:
        acting_for = {organisation.id: organisation.name for organisation in g.get("acting_for", ())}
        return {
            "actor": g.get("actor"),
            "confined": g.get("confined", False),
            "acting_for": list(acting_for.items()),
            "mandate_ended": g.get("mandate_ended", False),
            "acting_name": acting_for.get(g.actor.organisation_id, "") if g.get("actor") else "",
            "demo": "db" in g and clock.is_demo(g.db),
            "language_tag": "en" if current_language() == PSEUDO else current_language(),
            "languages": [(code, LANGUAGES[code].name) for code in app.config["OFFERED_LANGUAGES"]],
        }
