"""What an organisation's administrators, and its coalitions' coordinators, keep about it."""

import uuid
from collections.abc import Callable

from members import queries
from members.forms.organisations import (
    AppealForm,
    CoalitionForm,
    ContactForm,
    DeclarationForm,
    FamilyForm,
    LeaveForm,
    NameForm,
    WordForm,
)
from members.routes.coalitions import settle
from members.routes.frame import pages
from members.use_cases.belonging import ask_to_join, choose_bloc, leave_coalition
from members.use_cases.naming import rename_organisation
from members.use_cases.profiles import (
    add_contact_point,
    change_profile,
    confirm_family,
    declare_family,
    leave_network,
    remove_contact_point,
)
from members.use_cases.suspending import note_appeal
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Permission, may
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/members/<slug>/keep")
def keep(slug: str) -> Answer:
    """Show what may be changed about an organisation, to those who may."""
    return _keep(slug)


def _keep(slug: str, form: Form | None = None, status: int = 200) -> Answer:
    row = queries.organisation_by_slug(db(), slug)
    ours = row.id == actor().organisation_id and may(actor(), Permission.MANAGE_MEMBERS)
    mine = {there.id: there for there, membership in queries.coalitions_of(db(), row.id) if membership.until is None}
    if not ours and not actor().coordinates & mine.keys():
        raise NotAllowed()
    fresh: tuple[Form, ...] = (
        NameForm(formdata=None, name=row.name),
        DeclarationForm(
            formdata=None,
            side=row.side,
            languages=", ".join(row.languages),
            monthly_call_cap=row.monthly_call_cap,
        ),
        FamilyForm(formdata=None, family=row.family_asked or row.family),
        ContactForm(formdata=None),
        CoalitionForm(formdata=None),
        LeaveForm(formdata=None),
        AppealForm(formdata=None),
    )
    forms = {type(one): one for one in fresh} | ({type(form): form} if form is not None else {})
    forms[CoalitionForm]["coalition"].choices = _elsewhere(row.id)
    return page(
        "members/keep.html",
        status,
        organisation=row,
        ours=ours,
        coalitions=list(mine.values()),
        elsewhere=_elsewhere(row.id),
        contacts=queries.contact_points(db(), row.id) if ours else [],
        requests=queries.open_join_requests(db(), organisation_id=row.id) if ours else [],
        cousins=queries.asking_to_be_family(db(), row) if ours else [],
        refused=form if isinstance(form, WordForm) else None,
        forms={type(one).__name__: one for one in forms.values()},
    )


def _elsewhere(organisation_id: uuid.UUID) -> list[tuple[str, str]]:
    inside = queries.coalition_ids_of(db(), organisation_id)
    return [(str(row.id), row.name) for row in queries.coalitions(db()) if row.id not in inside]


def _done(slug: str, form: Form, act: Callable[[], object], *, own: bool = True) -> Answer:
    row = queries.organisation_by_slug(db(), slug)
    # An address that names another organisation than the one acted for is not carried out for either.
    if own and row.id != actor().organisation_id:
        raise NotAllowed()
    if form.accepts(act):
        return see_other("members.keep", slug=slug)
    return _keep(slug, form, 422)


@pages.post("/members/<slug>/name")
def rename(slug: str) -> Answer:
    """Give the organisation another name."""
    row, form = queries.organisation_by_slug(db(), slug), NameForm()
    return _done(
        slug,
        form,
        lambda: rename_organisation(db(), actor(), organisation_id=row.id, name=form.name.data or ""),
        own=False,
    )


@pages.post("/members/<slug>/declaration")
def declare(slug: str) -> Answer:
    """Change what my organisation says about itself."""
    form = DeclarationForm()
    return _done(
        slug,
        form,
        lambda: change_profile(
            db(),
            actor(),
            side=form.side.data,
            languages=(form.languages.data or "").replace(",", " ").split(),
            monthly_call_cap=form.monthly_call_cap.data,
        ),
    )


@pages.post("/members/<slug>/family")
def family(slug: str) -> Answer:
    """Say to which parent my organisation belongs."""
    form = FamilyForm()
    return _done(slug, form, lambda: declare_family(db(), actor(), family=form.family.data or ""))


@pages.post("/members/<slug>/family/<uuid:organisation_id>/confirm")
def confirm(slug: str, organisation_id: uuid.UUID) -> Answer:
    """Confirm that another organisation belongs to our family."""
    return _done(slug, WordForm(), lambda: confirm_family(db(), actor(), organisation_id=organisation_id))


@pages.post("/members/<slug>/contacts")
def add_contact(slug: str) -> Answer:
    """Add a way to reach my organisation."""
    form = ContactForm()
    return _done(
        slug,
        form,
        lambda: add_contact_point(
            db(),
            actor(),
            kind=form.kind.data,
            value=form.value.data or "",
            purpose=form.purpose.data,
            language=form.language.data,
            safe_note=form.safe_note.data or "",
        ),
    )


@pages.post("/members/<slug>/contacts/<uuid:point_id>/remove")
def remove_contact(slug: str, point_id: uuid.UUID) -> Answer:
    """Remove a way to reach my organisation."""
    return _done(slug, WordForm(), lambda: remove_contact_point(db(), actor(), point_id=point_id))


@pages.post("/members/<slug>/coalitions")
def ask(slug: str) -> Answer:
    """Ask for my organisation to be in one more coalition."""
    row, form = queries.organisation_by_slug(db(), slug), CoalitionForm()
    form.coalition.choices = _elsewhere(row.id)
    return _done(slug, form, lambda: ask_to_join(db(), actor(), coalition_id=uuid.UUID(form.coalition.data)))


@pages.post("/members/<slug>/requests/<uuid:request_id>")
def answer_invitation(slug: str, request_id: uuid.UUID) -> Answer:
    """Answer a coalition that invites us, or take our own request back."""
    form = WordForm()
    return _done(slug, form, lambda: settle(request_id, form.word.data))


@pages.post("/members/<slug>/coalitions/<uuid:coalition_id>/bloc")
def bloc(slug: str, coalition_id: uuid.UUID) -> Answer:
    """Choose the coalition in which my organisation counts in the network's votes."""
    return _done(slug, WordForm(), lambda: choose_bloc(db(), actor(), coalition_id=coalition_id))


@pages.post("/members/<slug>/coalitions/<uuid:coalition_id>/leave")
def leave_one(slug: str, coalition_id: uuid.UUID) -> Answer:
    """Take my organisation out of a coalition."""
    return _done(slug, WordForm(), lambda: leave_coalition(db(), actor(), coalition_id=coalition_id))


@pages.post("/members/<slug>/leave")
def leave(slug: str) -> Answer:
    """End my organisation's membership of the network."""
    row, form = queries.organisation_by_slug(db(), slug), LeaveForm()
    if row.id != actor().organisation_id:
        raise NotAllowed()
    if form.accepts(lambda: leave_network(db(), actor(), name=form.name.data or "")):
        return see_other("front.front")
    return _keep(slug, form, 422)


@pages.post("/members/<slug>/appeal")
def appeal(slug: str) -> Answer:
    """Write down what a suspended member of my coalition answers."""
    row, form = queries.organisation_by_slug(db(), slug), AppealForm()
    return _done(
        slug,
        form,
        lambda: note_appeal(db(), actor(), organisation_id=row.id, text=form.text.data or ""),
        own=False,
    )
