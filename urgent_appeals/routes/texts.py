"""The texts for wider circles: written field by field, read and approved by a second person, taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from network_app.core.i18n import current_language
from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db
from urgent_appeals.forms.response import ApprovalForm, AudienceTextForm, PressForm
from urgent_appeals.queries.response import team_case
from urgent_appeals.queries.texts import text_page
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.texts import FIELDS
from urgent_appeals.use_cases.audience_texts import (
    approve_audience_text,
    withdraw_audience_text,
    write_audience_text,
)
from urgent_appeals.use_cases.calls import update_called

pages = Blueprint("texts", __name__)


@pages.get("/appeals/<ref>/texts/<any(network, public):circle>")
def text(ref: str, circle: str) -> Answer:
    """The text for one circle: what it reads now, what waits for a second person, and a new version."""
    return _text(ref, Audience(circle))


def _text(ref: str, audience: Audience, status: int = 200, **refused: Form) -> Answer:
    require(actor(), Permission.COORDINATE_CASE)
    appeal = team_case(db(), actor(), ref)
    shown = text_page(db(), appeal, audience)
    latest = shown.waiting or shown.shown
    write = AudienceTextForm(formdata=None, data={**latest.fields, "language": latest.language} if latest else None)
    if latest is None:
        write.language.data = current_language()
    approval = ApprovalForm(formdata=None, data={"version": shown.version, "sha256": shown.sha256})
    forms = {"write": write, "approval": approval, "press": PressForm(formdata=None)} | refused
    return page("urgent_appeals/text.html", status, appeal=appeal, text=shown, fields=FIELDS, **forms)


@pages.post("/appeals/<ref>/texts/<any(network, public):circle>")
def write(ref: str, circle: str) -> Answer:
    """Write a new version."""
    form, audience = AudienceTextForm(), Audience(circle)

    def act() -> object:
        language = form.language.data or ""
        return write_audience_text(db(), actor(), ref=ref, audience=audience, fields=form.written(), language=language)

    if form.accepts(act):
        return see_other("texts.text", ref=ref, circle=circle)
    return _text(ref, audience, 422, write=form)


@pages.post("/appeals/<ref>/texts/<any(network, public):circle>/approve")
def approve(ref: str, circle: str) -> Answer:
    """Approve exactly what was read, as the second person."""
    form, audience = ApprovalForm(), Audience(circle)

    def act() -> object:
        typed = form.version.data or ""
        version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
        sha256 = form.sha256.data or ""
        return approve_audience_text(db(), actor(), ref=ref, audience=audience, version=version, sha256=sha256)

    return _text_act(ref, audience, form, act)


@pages.post("/appeals/<ref>/texts/<any(network, public):circle>/withdraw")
def take_back(ref: str, circle: str) -> Answer:
    """Take the text back from this circle."""
    audience = Audience(circle)

    def act() -> None:
        withdraw_audience_text(db(), actor(), ref=ref, audience=audience)

    return _text_act(ref, audience, PressForm(), act)


def _text_act(ref: str, audience: Audience, form: Form, act: Callable[[], object]) -> Answer:
    if form.accepts(act):
        return see_other("texts.text", ref=ref, circle=audience.value)
    shown = ApprovalForm(formdata=None)
    shown.problems = form.problems
    return _text(ref, audience, 422, press=shown)


@pages.post("/appeals/<ref>/calls/update")
def update(ref: str) -> Answer:
    """Tell those who were asked that there is a newer text."""
    return _text_act(ref, Audience.NETWORK, PressForm(), lambda: update_called(db(), actor(), ref=ref))
