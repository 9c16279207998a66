"""What the views of this domain share: their blueprint, and reading what was asked for in an address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, request

from network_app.core.errors import Invalid
from network_app.core.i18n import country_name, lazy
from network_app.core.permissions import Permission, may
from network_app.core.texts import clean_line
from network_app.pages.request import actor, asked_page, db
from network_app.targets.queries import PAGE_SIZE, find_target

pages = Blueprint("targets", __name__)


def asked(name: str, known: Sequence[str]) -> str:
    """A filter of this request, if it is one that exists."""
    value = request.args.get(name, "")
    return value if value in known else ""


def asked_text() -> str:
    """The words that are searched for; none if they cannot be words."""
    try:
        return clean_line(request.args.get("text"), "text", longest=100, required=False)
    except Invalid:
        return ""


def by_country_name(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Countries as people look for them: by their names in the reader's language."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])


def paging(total: int) -> dict[str, int]:
    """What a template needs to offer the next page."""
    return {"total": total, "number": asked_page(), "page_count": -(-total // PAGE_SIZE)}


def may_manage() -> bool:
    """Whether this person may change the registers."""
    return may(actor(), Permission.MANAGE_TARGETS)


def target_named(name: str, field: str) -> uuid.UUID | None:
    """The target that a person named; None if the field was left empty. Raises Invalid for an unknown name."""
    if not name:
        return None
    target = find_target(db(), name)
    if target is None:
        raise Invalid(lazy("No target has this name. Look it up in the register, or add it there first."), field=field)
    return target.id


def target_required(name: str, field: str) -> uuid.UUID:
    """The target that a person had to name. Raises Invalid."""
    target_id = target_named(name, field)
    if target_id is None:
        raise Invalid(lazy("Please fill this in."), field=field)
    return target_id
