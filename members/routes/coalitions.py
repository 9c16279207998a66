"""Coalitions: who is in, who coordinates, and what coordinators do for theirs."""

import uuid

from members import queries
from members.forms.organisations import CoordinatorForm, MemberForm, NameForm, WordForm
from members.routes.frame import pages
from members.use_cases.belonging import answer_join, invite_member, take_back_join
from members.use_cases.coordinating import end_coordinator, name_coordinator, rename_coalition
from network_app.core.errors import NotAllowed
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/members/coalitions")
def coalitions() -> Answer:
    """List the coalitions."""
    return page("members/coalitions.html", coalitions=queries.coalitions(db()))


@pages.get("/members/coalitions/<slug>")
def coalition(slug: str) -> Answer:
    """Show one coalition; to its coordinators also what waits for their word."""
    return _coalition(slug)


def _coalition(slug: str, form: Form | None = None, status: int = 200) -> Answer:
    row = queries.coalition_by_slug(db(), slug)
    ours = row.id in actor().coordinates
    fresh: tuple[Form, ...] = (
        NameForm(formdata=None, name=row.name),
        CoordinatorForm(formdata=None),
        MemberForm(formdata=None),
    )
    forms = {type(one): one for one in fresh} | ({type(form): form} if form is not None else {})
    names = queries.may_name_coordinator(db(), actor(), row.id)
    forms[CoordinatorForm]["who"].choices = _who(row.id) if names else []
    return page(
        "members/coalition.html",
        status,
        coalition=row,
        ours=ours,
        names=names,
        members=queries.members_of(db(), row.id),
        coordinators=queries.coordinators_of(db(), row.id),
        requests=queries.open_join_requests(db(), coalition_id=row.id) if ours else [],
        applications=queries.applications(db(), row.id),
        history=queries.history_of(db(), f"coalition:{row.id}"),
        name_form=forms[NameForm],
        coordinator_form=forms[CoordinatorForm],
        member_form=forms[MemberForm],
        refused=form if isinstance(form, WordForm) else None,
    )


def _who(coalition_id: uuid.UUID) -> list[tuple[str, str]]:
    found = queries.coordinators_to_be(db(), actor(), coalition_id)
    return [("", str(lazy("choose"))), *((f"{p.handle} {o.id}", f"{p.handle} · {o.name}") for p, o in found)]


@pages.post("/members/coalitions/<slug>/name")
def rename_one(slug: str) -> Answer:
    """Give my coalition another name."""
    row, form = queries.coalition_by_slug(db(), slug), NameForm()
    if form.accepts(lambda: rename_coalition(db(), actor(), coalition_id=row.id, name=form.name.data or "")):
        return see_other("members.coalition", slug=slug)
    return _coalition(slug, form, 422)


@pages.post("/members/coalitions/<slug>/coordinators")
def name_one(slug: str) -> Answer:
    """Name one more coordinator of my coalition; while nobody coordinates it, the first one again."""
    row, form = queries.coalition_by_slug(db(), slug), CoordinatorForm()
    if not queries.may_name_coordinator(db(), actor(), row.id):
        raise NotAllowed()
    form.who.choices = _who(row.id)
    if form.accepts(lambda: _name(row.id, form.who.data)):
        return see_other("members.coalition", "coordinators", slug=slug)
    return _coalition(slug, form, 422)


def _name(coalition_id: uuid.UUID, who: str) -> object:
    handle, _, organisation_id = who.partition(" ")
    return name_coordinator(
        db(), actor(), coalition_id=coalition_id, handle=handle, organisation_id=uuid.UUID(organisation_id)
    )


@pages.post("/members/coalitions/<slug>/coordinators/<uuid:coordinator_id>/end")
def end_one(slug: str, coordinator_id: uuid.UUID) -> Answer:
    """Let somebody coordinate my coalition no longer."""
    form = WordForm()
    if form.accepts(lambda: end_coordinator(db(), actor(), coordinator_id=coordinator_id)):
        return see_other("members.coalition", "coordinators", slug=slug)
    return _coalition(slug, form, 422)


@pages.post("/members/coalitions/<slug>/members")
def invite_one(slug: str) -> Answer:
    """Invite a member of the network into my coalition."""
    row, form = queries.coalition_by_slug(db(), slug), MemberForm()
    if form.accepts(lambda: _invite(row.id, form.member.data or "")):
        return see_other("members.coalition", "requests", slug=slug)
    return _coalition(slug, form, 422)


def _invite(coalition_id: uuid.UUID, name: str) -> object:
    found = queries.organisation_named(db(), name)
    return invite_member(db(), actor(), coalition_id=coalition_id, organisation_id=found.id)


@pages.post("/members/coalitions/<slug>/requests/<uuid:request_id>")
def answer_request(slug: str, request_id: uuid.UUID) -> Answer:
    """Answer a member that asks to be in my coalition, or take an invitation back."""
    form = WordForm()
    if form.accepts(lambda: settle(request_id, form.word.data)):
        return see_other("members.coalition", "requests", slug=slug)
    return _coalition(slug, form, 422)


def settle(request_id: uuid.UUID, word: str | None) -> None:
    """Carry out the word on a request to join, for whichever side says it."""
    if word == "back":
        take_back_join(db(), actor(), request_id=request_id)
    else:
        answer_join(db(), actor(), request_id=request_id, accept=word == "yes")
