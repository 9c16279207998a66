"""What an organisation's administrators, and its coalitions' coordinators, keep about it, for programs."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from pydantic import Field

from members import queries
from members.api.coalitions import JoinRequestShown, NewName, Word, requests_shown, settle
from members.api.people import own_organisation
from members.api.shown import OrganisationShort, api
from members.rules import ContactKind, ContactPurpose, Side
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
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission, may
from network_app.core.scopes import Scope
from network_app.pages.payload import Count, Input, Language, Line, Made, Output, made
from network_app.pages.request import actor, db

View = TypeVar("View", bound=Callable[..., Any])


class ContactShown(Output):
    """One way to reach the organisation."""

    id: UUID
    kind: ContactKind
    purpose: ContactPurpose
    language: str
    value: str | None
    note: str | None


class Kept(Output):
    """What may be changed about an organisation. Contacts, requests and cousins are for its own administrators."""

    organisation: OrganisationShort
    family: str | None
    family_asked: str | None
    monthly_call_cap: int
    contacts: list[ContactShown]
    requests: list[JoinRequestShown]
    cousins: list[OrganisationShort]


class Declaration(Input):
    """What an organisation says about itself."""

    side: Side
    languages: list[Language] = Field(min_length=1, max_length=20)
    monthly_call_cap: Count


class Family(Input):
    """To which parent we belong; empty for none."""

    family: Line


class NewContact(Input):
    """One way to reach us, and what to heed so that nobody is put in danger."""

    kind: ContactKind
    value: Line
    purpose: ContactPurpose
    language: Language
    safe_note: str = Field("", max_length=1_000)


class IntoCoalition(Input):
    """One of the coalitions."""

    coalition_id: UUID


class Answer(Input):
    """What a suspended member answers."""

    text: str = Field(max_length=5_000)


@api.get("/members/<slug>/keep", gives=Kept, scope=Scope.READ_MEMBERS, web="members.keep")
def keep(slug: str) -> Kept:
    """Read what may be changed about an organisation, as one who may."""
    row = queries.organisation_by_slug(db(), slug)
    ours = row.id == actor().organisation_id and may(actor(), Permission.MANAGE_MEMBERS)
    if not ours and not actor().coordinates & queries.coalition_ids_of(db(), row.id):
        raise NotFound()
    return Kept(
        organisation=OrganisationShort.of(row),
        family=row.family,
        family_asked=row.family_asked,
        monthly_call_cap=row.monthly_call_cap,
        contacts=ContactShown.all_of(queries.contact_points(db(), row.id)) if ours else [],
        requests=requests_shown(organisation_id=row.id) if ours else [],
        cousins=OrganisationShort.all_of(queries.asking_to_be_family(db(), row)) if ours else [],
    )


def _act(path: str, **facts: Any) -> Callable[[View], View]:
    return api.post(f"/members/<slug>/{path}", scope=Scope.CHANGE_MEMBERS, changes="keep", **facts)


@_act("name", takes=NewName, web="members.rename")
def rename(slug: str, given: NewName) -> None:
    """Give the organisation another name."""
    row = queries.organisation_by_slug(db(), slug)
    rename_organisation(db(), actor(), organisation_id=row.id, name=given.name)


@_act("declaration", takes=Declaration, web="members.declare")
def declare(slug: str, given: Declaration) -> None:
    """Change what my organisation says about itself."""
    own_organisation(slug)
    change_profile(db(), actor(), **given.model_dump())


@_act("family", takes=Family, web="members.family")
def family(slug: str, given: Family) -> None:
    """Say to which parent my organisation belongs."""
    own_organisation(slug)
    declare_family(db(), actor(), family=given.family)


@_act("family/<uuid:organisation_id>/confirm", web="members.confirm")
def confirm(slug: str, organisation_id: UUID) -> None:
    """Confirm that another organisation belongs to our family."""
    own_organisation(slug)
    confirm_family(db(), actor(), organisation_id=organisation_id)


@_act("contacts", takes=NewContact, gives=Made, web="members.add_contact")
def add_contact(slug: str, given: NewContact) -> Made:
    """Add a way to reach my organisation."""
    own_organisation(slug)
    point = add_contact_point(db(), actor(), **given.model_dump())
    return made(f"/members/{slug}/keep", id=point.id)


@_act("contacts/<uuid:point_id>/remove", web="members.remove_contact")
def remove_contact(slug: str, point_id: UUID) -> None:
    """Remove a way to reach my organisation."""
    own_organisation(slug)
    remove_contact_point(db(), actor(), point_id=point_id)


@_act("coalitions", takes=IntoCoalition, gives=Made, web="members.ask")
def ask(slug: str, given: IntoCoalition) -> Made:
    """Ask for my organisation to be in one more coalition."""
    own_organisation(slug)
    if given.coalition_id not in {row.id for row in queries.coalitions(db())}:
        raise Invalid(lazy("There is no such coalition."), field="coalition_id")
    asked = ask_to_join(db(), actor(), coalition_id=given.coalition_id)
    return made(f"/members/{slug}/keep", id=asked.id)


@_act("requests/<uuid:request_id>", takes=Word, web="members.answer_invitation")
def answer_invitation(slug: str, request_id: UUID, given: Word) -> None:
    """Answer a coalition that invites us, or take our own request back."""
    own = own_organisation(slug)
    settle(request_id, given, {one.id for one in queries.open_join_requests(db(), organisation_id=own)})


@_act("coalitions/<uuid:coalition_id>/bloc", web="members.bloc")
def bloc(slug: str, coalition_id: UUID) -> None:
    """Choose the coalition in which my organisation counts in the network's votes."""
    own_organisation(slug)
    choose_bloc(db(), actor(), coalition_id=coalition_id)


@_act("coalitions/<uuid:coalition_id>/leave", web="members.leave_one")
def leave_one(slug: str, coalition_id: UUID) -> None:
    """Take my organisation out of a coalition."""
    own_organisation(slug)
    leave_coalition(db(), actor(), coalition_id=coalition_id)


@_act("leave", takes=NewName, web="members.leave")
def leave(slug: str, given: NewName) -> None:
    """End my organisation's membership of the network; its name is sent to be sure."""
    own_organisation(slug)
    leave_network(db(), actor(), name=given.name)


@_act("appeal", takes=Answer, web="members.appeal")
def appeal(slug: str, given: Answer) -> None:
    """Write down what a suspended member of my coalition answers."""
    note_appeal(db(), actor(), organisation_id=queries.organisation_by_slug(db(), slug).id, text=given.text)
