"""The page behind a ring: what it is about, and one button that takes it."""

from __future__ import annotations

from flask import Blueprint

from network_app.core import clock
from network_app.core.errors import NotFound
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db
from urgent_appeals.queries.rings import ring_view
from urgent_appeals.use_cases.rings import take_ring

pages = Blueprint("rings", __name__)


@pages.get("/appeals/<ref>/ring")
def show(ref: str) -> Answer:
    """Show what rings about a case to one who was rung, without a word of the case."""
    return _show(ref, Form(formdata=None))


def _show(ref: str, form: Form, status: int = 200) -> Answer:
    view = ring_view(db(), actor(), ref)
    if view is None:
        raise NotFound()
    return page("urgent_appeals/ring.html", status, view=view, form=form, now=clock.now(db()))


@pages.post("/appeals/<ref>/ring")
def take(ref: str) -> Answer:
    """Take it: it rings nobody else."""
    form = Form()
    if form.accepts(lambda: take_ring(db(), actor(), ref=ref)):
        return see_other("appeals.case", ref=form.result.ref)
    return _show(ref, form, 422)
