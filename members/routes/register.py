"""The register of members."""

from collections.abc import Collection

from flask import request

from members import queries
from members.routes.frame import pages
from members.rules import OrganisationKind, OrganisationStatus, Side
from network_app.core.errors import Invalid
from network_app.core.i18n import written_languages
from network_app.core.texts import clean_line
from network_app.pages.answers import Answer, page
from network_app.pages.request import db


@pages.get("/members")
def register() -> Answer:
    """Search the members by any name they have or had, and by what they are."""
    countries, coalitions = queries.countries(db()), queries.coalitions(db())
    filters = {
        "text": _line("text"),
        "country": _asked("country", countries),
        "coalition": _asked("coalition", [coalition.slug for coalition in coalitions]),
        "side": _asked("side", list(Side)),
        "kind": _asked("kind", list(OrganisationKind)),
        "language": _asked("language", [code for code, _ in written_languages()]),
        "family": _line("family"),
        "status": _asked("status", list(OrganisationStatus)),
    }
    found = queries.register_page(db(), filters, after=request.args.get("after"))
    return page(
        "members/register.html",
        organisations=found.rows,
        next=found.next,
        first="after" not in request.args,
        filters=filters,
        narrowed={name: value for name, value in filters.items() if value},
        countries=countries,
        coalitions=coalitions,
        sides=list(Side),
        kinds=list(OrganisationKind),
        statuses=list(OrganisationStatus),
        written=written_languages(),
    )


def _line(name: str) -> str:
    try:
        return clean_line(request.args.get(name), name, longest=100, required=False)
    except Invalid:
        return ""


def _asked(name: str, known: Collection[str]) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""
