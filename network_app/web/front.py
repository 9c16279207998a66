"""The neutral front page, and what operators ask the process."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, db
from network_app.web.readiness import problems

pages = Blueprint("front", __name__)


@pages.get("/")
def front() -> Answer:
    """Say what this is, and show the three doors; whoever is signed in comes to what waits for them."""
    if actor().is_person:
        return see_other("tracking.today")
    return page("web/front.html")


@pages.get("/healthz")
def healthz() -> Answer:
    """Say that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
def readyz() -> Answer:
    """Say whether the database can be used at this schema revision."""
    db().execute(text("SELECT 1"))
    found = problems(db())
    return Response("\n".join(found) + "\n" if found else "ready\n", 503 if found else 200, mimetype="text/plain")


@pages.get("/metrics")
def metrics() -> Answer:
    """Figures for the operator's monitoring; they name nobody."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
