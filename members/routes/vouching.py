"""Vouching for a colleague who lost the way in, and stopping a recovery that looks false."""

import uuid

from members import queries
from members.forms.security import VouchForm
from members.routes.frame import pages
from members.use_cases.recovering import Vouched, stop_recovery_of, vouch_for
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/me/vouch")
def vouch() -> Answer:
    """Say what vouching means, and who waits among us."""
    return _vouch_page(VouchForm())


def _vouch_page(form: Form, status: int = 200, vouched: Vouched | None = None) -> Answer:
    waiting = queries.recoveries_in(db(), actor().own_organisation())
    return page("members/vouch.html", status, form=form, vouched=vouched, waiting=waiting)


@pages.post("/me/vouch")
def vouch_now() -> Answer:
    """Give my word, and show the code that I say to the person."""
    form = VouchForm()
    if form.accepts(lambda: vouch_for(db(), actor(), handle=form.handle.data or "", spoke=form.spoke.data)):
        return _vouch_page(VouchForm(formdata=None), vouched=form.result)
    return _vouch_page(form, 422)


@pages.post("/me/vouch/<uuid:person_id>/stop")
def stop_vouching(person_id: uuid.UUID) -> Answer:
    """Stop my own or a colleague's recovery."""
    stop_recovery_of(db(), actor(), person_id=person_id)
    return see_other("members.me" if person_id == actor().person_id else "members.vouch")
