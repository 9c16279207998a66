"""The register of members."""

from collections.abc import Sequence

from flask import request

from members import queries
from members.routes.frame import pages
from members.rules import Side
from network_app.core.errors import Invalid
from network_app.core.texts import clean_line
from network_app.pages.answers import Answer, page
from network_app.pages.request import (
    asked_page,
    db,
)

PER_PAGE = 20


@pages.get("/members")
def register() -> Answer:
    """Search the members by name, country, coalition and side."""
    filters = _filters()
    total = queries.count_organisations(db(), **filters)
    page_count = -(-total // PER_PAGE)
    number = min(asked_page(), max(page_count, 1))
    return page(
        "members/register.html",
        organisations=queries.organisations(db(), **filters, page=number, per_page=PER_PAGE),
        total=total,
        number=number,
        page_count=page_count,
        filters=filters,
        countries=queries.countries(db()),
        coalitions=queries.coalitions(db()),
        sides=list(Side),
    )


def _filters() -> queries.Filters:
    try:
        text = clean_line(request.args.get("text"), "text", longest=100, required=False)
    except Invalid:
        text = ""
    return {
        "text": text,
        "country": _asked("country", queries.countries(db())),
        "coalition": _asked("coalition", [coalition.slug for coalition in queries.coalitions(db())]),
        "side": _asked("side", list(Side)),
    }


def _asked(name: str, known: Sequence[str]) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""
