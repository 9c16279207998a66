"""An organisation's own page, and who may act for it."""

import uuid

from members import queries
from members.forms.mandates import GrantForm
from members.routes.frame import pages
from members.rules import OrganisationStatus
from members.use_cases.mandates import end_mandate, grant_mandate_by_handle
from members.use_cases.standing import wake_organisation
from members.use_cases.thawing import thaw_person
from network_app.core.permissions import Duty, Permission, may
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import (
    actor,
    db,
)


@pages.get("/members/<slug>")
def show(slug: str) -> Answer:
    """Show one organisation; to its own people also who may do what for it."""
    return _profile(slug, GrantForm())


def _profile(slug: str, form: GrantForm, status: int = 200) -> Answer:
    organisation = queries.organisation_by_slug(db(), slug)
    ours = actor().organisation_id == organisation.id
    return page(
        "members/profile.html",
        status,
        organisation=organisation,
        coalitions=queries.coalitions_of(db(), organisation.id),
        ours=ours,
        dormant=organisation.status is OrganisationStatus.DORMANT,
        mandates=queries.current_mandates(db(), organisation.id) if ours else [],
        may_manage=ours and may(actor(), Permission.MANAGE_MEMBERS),
        form=form,
    )


def _with_problems(slug: str, refused: Form) -> Answer:
    form = GrantForm(formdata=None)
    form.problems += refused.problems
    return _profile(slug, form, 422)


@pages.post("/members/<slug>/mandates")
def grant(slug: str) -> Answer:
    """Let somebody do one more thing for my organisation."""
    organisation_id = queries.organisation_by_slug(db(), slug).id
    form = GrantForm()
    if form.accepts(
        lambda: grant_mandate_by_handle(
            db(),
            actor(),
            handle=form.handle.data or "",
            organisation_id=organisation_id,
            duty=Duty(form.duty.data),
        )
    ):
        return see_other("members.show", "people", slug=slug)
    return _profile(slug, form, 422)


@pages.post("/members/<slug>/mandates/<uuid:mandate_id>/end")
def end(slug: str, mandate_id: uuid.UUID) -> Answer:
    """End a mandate, at once and everywhere."""
    form = Form()
    if form.accepts(lambda: end_mandate(db(), actor(), mandate_id=mandate_id)):
        return see_other("members.show", "people", slug=slug)
    return _with_problems(slug, form)


@pages.post("/members/<slug>/people/<uuid:person_id>/thaw")
def thaw(slug: str, person_id: uuid.UUID) -> Answer:
    """Give my word, one of two, that a frozen colleague may come back."""
    form = Form()
    if form.accepts(lambda: thaw_person(db(), actor(), person_id=person_id)):
        return see_other("members.show", "people", slug=slug)
    return _with_problems(slug, form)


@pages.post("/members/wake")
def wake() -> Answer:
    """Bring my dormant organisation back."""
    wake_organisation(db(), actor())
    return see_other("members.show", slug=queries.get_organisation(db(), actor().own_organisation()).slug)
