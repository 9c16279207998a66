"""What every page of letters needs: the blueprint, the gates, and the letter if its reader may know of it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app

from network_app.core.errors import NotFound
from network_app.core.permissions import Permission, require
from network_app.letters import queries
from network_app.pages.request import actor, db

pages = Blueprint("letters", __name__)


def open_gate() -> queries.OpenGate:
    """What must hold at the moment of sending; it stands above letters, so the frame hands it in."""
    return cast(queries.OpenGate, current_app.extensions["open_gate"])


def known_letter(ref: str) -> Any:
    """The letter, if this reader may know of it. Raises NotFound."""
    require(actor(), Permission.SEE_NETWORK)
    letter = queries.letter_by_ref(db(), ref)
    if not queries.is_visible(db(), actor(), letter, open_gate()):
        raise NotFound()
    return letter
