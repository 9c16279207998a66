"""Outsiders check whether a letter that they hold is ours; no login, nothing but a date is told of a private one."""

from __future__ import annotations

from flask import jsonify, request

from network_app.letters import queries
from network_app.letters.routes.frame import pages
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import db


@pages.get("/verify")
def verify_form() -> Answer:
    """Ask for the hash of a letter that somebody got."""
    wanted = request.args.get("sha256", "").strip()
    return see_other("letters.verify", sha256=wanted[:100]) if wanted else page("letters/verify.html", verdict=None)


@pages.get("/verify/<sha256>")
def verify(sha256: str) -> Answer:
    """Say whether a file is a letter of this network; without a login, and cacheable."""
    return _cacheable(page("letters/verify.html", verdict=queries.verify(db(), sha256[:100])))


@pages.get("/verify/<sha256>.json")
def verify_json(sha256: str) -> Answer:
    """The same for programs."""
    verdict = queries.verify(db(), sha256[:100])
    return _cacheable(
        jsonify(
            sha256=verdict.sha256,
            ours=verdict.ours,
            withdrawn=verdict.withdrawn,
            dated=verdict.dated_on.isoformat() if verdict.dated_on else None,
            target=verdict.target,
        )
    )


def _cacheable(answer: Answer) -> Answer:
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
