"""Cutting somebody off, for a colleague who has no time to read; and letting back who has no colleagues."""

import uuid

from members import queries
from members.forms.me import FreezeForm, HandleForm, ThawForm
from members.routes.frame import pages
from members.use_cases.freezing import ask_to_freeze, freeze_person
from members.use_cases.thawing import thaw_by_handle
from network_app.core.errors import Invalid
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/me/freeze")
def freeze_page() -> Answer:
    """Choose whom to freeze, with one button a person."""
    return _freeze_page(HandleForm())


def _freeze_page(form: Form, status: int = 200, thaw_form: Form | None = None) -> Answer:
    people = queries.people_in(db(), actor().own_organisation()) - {actor().own_person()}
    return page(
        "members/freeze.html",
        status,
        organisation=queries.get_organisation(db(), actor().own_organisation()),
        colleagues=sorted((queries.get_person(db(), one) for one in people), key=lambda person: person.handle),
        form=form,
        thaw_form=thaw_form or ThawForm(formdata=None),
    )


@pages.post("/me/freeze")
def freeze() -> Answer:
    """Freeze a colleague whose phone is in the wrong hands, or myself."""
    form = FreezeForm()
    if form.accepts(lambda: freeze_person(db(), actor(), person_id=_chosen(form.person.data))):
        return page(
            "members/frozen.html", handle=form.result.handle, frozen=True, myself=form.result.id == actor().person_id
        )
    fresh = HandleForm(formdata=None)
    fresh.problems += [*form.problems, *(str(error) for error in form.person.errors)]
    return _freeze_page(fresh, 422)


def _chosen(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Invalid() from None


@pages.post("/me/freeze/word")
def ask_freeze() -> Answer:
    """Say that the phone of somebody elsewhere is in the wrong hands."""
    form = HandleForm()
    if form.accepts(lambda: ask_to_freeze(db(), actor(), handle=form.handle.data or "")):
        frozen = form.result.frozen_at is not None
        return page(
            "members/frozen.html",
            handle=form.result.handle,
            frozen=frozen,
            myself=frozen and form.result.id == actor().person_id,
        )
    return _freeze_page(form, 422)


@pages.post("/me/freeze/thaw")
def thaw_elsewhere() -> Answer:
    """Give my word that somebody who has no colleagues may come back."""
    form = ThawForm()
    if form.accepts(lambda: thaw_by_handle(db(), actor(), handle=form.whom.data or "")):
        return see_other("members.freeze_page")
    return _freeze_page(HandleForm(formdata=None), 422, form)
