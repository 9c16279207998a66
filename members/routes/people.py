"""Who may do what for my organisation: naming, handing over and ending; and letting a frozen colleague back."""

import uuid

from members import queries
from members.forms.mandates import GrantForm, HandOverForm, LastDayForm
from members.routes.frame import pages
from members.use_cases.mandates import change_mandate, end_mandate, grant_mandate_by_handle, hand_over_mandate
from members.use_cases.thawing import thaw_person
from network_app.core import clock
from network_app.core.errors import NotFound
from network_app.core.permissions import Duty, Permission, may
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


def own_organisation_id(slug: str) -> uuid.UUID:
    """The organisation of this address if it is the one acted for; who may do what is nobody else's business."""
    organisation = queries.organisation_by_slug(db(), slug)
    if organisation.id != actor().organisation_id:
        raise NotFound()
    return organisation.id


@pages.get("/members/<slug>/people")
def people(slug: str) -> Answer:
    """Show who may do what for my organisation, who named them, and who once could."""
    return _people(slug, GrantForm())


def _people(slug: str, form: Form, status: int = 200) -> Answer:
    organisation_id = own_organisation_id(slug)
    return page(
        "members/people.html",
        status,
        organisation=queries.get_organisation(db(), organisation_id),
        mandates=sorted(queries.mandates_of(db(), organisation_id), key=lambda held: held.person.handle),
        words=queries.thaw_words(db()),
        usable=queries.usable_mandates(db(), organisation_id),
        ended=queries.ended_mandates(db(), organisation_id),
        may_manage=may(actor(), Permission.MANAGE_MEMBERS),
        now=clock.now(db()),
        form=form,
    )


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
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            alternate=form.alternate.data,
        )
    ):
        return see_other("members.people", slug=slug)
    return _people(slug, form, 422)


@pages.get("/members/<slug>/mandates/<uuid:mandate_id>")
def mandate(slug: str, mandate_id: uuid.UUID) -> Answer:
    """Show one mandate, with what an administrator may do about it."""
    return _mandate(slug, mandate_id)


def _mandate(slug: str, mandate_id: uuid.UUID, form: Form | None = None) -> Answer:
    held = queries.get_mandate(db(), own_organisation_id(slug), mandate_id)
    shown = LastDayForm(formdata=None, last_day=held.last_day)
    return page(
        "members/mandate.html",
        422 if form else 200,
        organisation=held.organisation,
        mandate=held,
        over=held.until is not None and held.until <= clock.now(db()),
        may_manage=may(actor(), Permission.MANAGE_MEMBERS),
        hand_over_form=form if isinstance(form, HandOverForm) else HandOverForm(formdata=None),
        last_day_form=form if isinstance(form, LastDayForm) else shown,
        refused=form if form and not isinstance(form, HandOverForm | LastDayForm) else None,
    )


@pages.post("/members/<slug>/mandates/<uuid:mandate_id>/hand-over")
def hand_over(slug: str, mandate_id: uuid.UUID) -> Answer:
    """Put a new person in somebody's place, in one step."""
    form = HandOverForm()
    if form.accepts(
        lambda: hand_over_mandate(
            db(), actor(), mandate_id=mandate_id, handle=form.handle.data or "", version=form.version.data
        )
    ):
        return see_other("members.people", slug=slug)
    return _mandate(slug, mandate_id, form)


@pages.post("/members/<slug>/mandates/<uuid:mandate_id>/last-day")
def last_day(slug: str, mandate_id: uuid.UUID) -> Answer:
    """Let a mandate end on another day."""
    form = LastDayForm()
    if form.accepts(
        lambda: change_mandate(
            db(), actor(), mandate_id=mandate_id, version=form.version.data, last_day=form.last_day.data
        )
    ):
        return see_other("members.people", slug=slug)
    return _mandate(slug, mandate_id, form)


@pages.post("/members/<slug>/mandates/<uuid:mandate_id>/end")
def end(slug: str, mandate_id: uuid.UUID) -> Answer:
    """End a mandate, at once and everywhere."""
    form = Form()
    if not form.accepts(lambda: end_mandate(db(), actor(), mandate_id=mandate_id)):
        return _mandate(slug, mandate_id, form)
    # Whoever laid down the last of their own mandates has no page of people to go back to.
    still_inside = actor().own_person() in queries.people_in(db(), actor().own_organisation())
    return see_other("members.people", slug=slug) if still_inside else see_other("front.front")


@pages.post("/members/<slug>/people/<uuid:person_id>/thaw")
def thaw(slug: str, person_id: uuid.UUID) -> Answer:
    """Give my word, one of two, that a frozen colleague may come back."""
    form = Form()
    if form.accepts(lambda: thaw_person(db(), actor(), person_id=person_id)):
        return see_other("members.people", slug=slug)
    fresh = GrantForm(formdata=None)
    fresh.problems += form.problems
    return _people(slug, fresh, 422)
