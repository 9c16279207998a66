"""A mandate that ended while a page was open: what is sent then does nothing, and the answer says why."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, g, request
from flask_login import current_user

from members.queries import get_organisation
from members.rules import Strength
from network_app.core.errors import GateShut
from network_app.core.i18n import lazy
from network_app.web.problems import for_programs
from network_app.web.unit_of_work import SAFE
from network_app.web.who import on_the_way_in

ENDED = lazy("Your mandate has ended, so nothing was done. What you did before stands. Ask your organisation.")
ENDED_HERE = lazy(
    "Your mandate for %(organisation)s has ended, so nothing was done. Choose on top of the page whom you act for now, "
    "and look again before you send anything."
)
CHOOSING = frozenset({"members.switch", "members.accept"})


def install(app: Flask, is_public: Callable[[], bool]) -> None:
    """Compare, before every view, whom the page was opened for with whom this person may act for now."""

    @app.before_request
    def refuse_what_has_no_mandate() -> None:
        g.mandate_ended = False
        if for_programs() or request.endpoint == "static" or on_the_way_in() or not current_user.is_authenticated:
            return
        row = current_user.row
        unsafe = request.method not in SAFE and request.endpoint not in CHOOSING and not is_public()
        if not g.actor.is_person:
            if unsafe and row.strength is not Strength.HALF:
                raise GateShut(ENDED)
            return
        g.mandate_ended = row.organisation_id not in (None, g.actor.organisation_id)
        if g.mandate_ended and unsafe:
            # Safety: a form that was opened for one organisation must never act, or vote, for another.
            raise GateShut(ENDED_HERE % {"organisation": get_organisation(g.db, row.organisation_id).name})
