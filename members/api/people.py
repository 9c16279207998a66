"""Who may do what for my organisation, for programs: naming, handing over, ending, inviting, freezing."""

from typing import Any
from uuid import UUID

from pydantic import Field

from members import queries
from members.api.shown import InvitationShown, MandateShown, api
from members.use_cases.freezing import ask_to_freeze, freeze_person
from members.use_cases.inviting import make_invitation, recall_invitation
from members.use_cases.mandates import change_mandate, end_mandate, grant_mandate_by_handle, hand_over_mandate
from members.use_cases.thawing import thaw_by_handle, thaw_person
from network_app.core.errors import NotFound
from network_app.core.permissions import Duty, Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Day, Input, Line, Made, Number, Output, ShownOnce, made
from network_app.pages.request import actor, db


class People(Output):
    """The mandates that hold, wait or begin later, and the latest of those that have ended."""

    items: list[MandateShown]
    ended: list[MandateShown]


class Invitations(Output):
    """Those that still let somebody in."""

    items: list[InvitationShown]


class NewMandate(Input):
    """One more thing that somebody may do for us."""

    handle: str = Field(max_length=40)
    duty: Duty
    first_day: Day | None = None
    last_day: Day | None = None
    alternate: bool = False


class Successor(Input):
    """Who takes over; `version` is the one that was read."""

    handle: str = Field(max_length=40)
    version: Number


class NewLastDay(Input):
    """On which day it ends, or null for open; `version` is the one that was read."""

    last_day: Day | None
    version: Number


class NewInvitation(Input):
    """Somebody is asked in; with an address the link goes there by mail, and nobody else sees it."""

    note: str = Field(max_length=60)
    duties: list[Duty] = Field(min_length=1, max_length=6)
    email: Line | None = None
    last_day: Day | None = None
    alternate: bool = False


class Invited(ShownOnce):
    """The link by which somebody comes in; null if it went by mail."""


class Handle(Input):
    """Who is meant."""

    handle: str = Field(max_length=40)


@api.get("/members/<slug>/people", gives=People, scope=Scope.READ_MEMBERS, web="members.people members.mandate")
def people(slug: str) -> People:
    """Read who may do what for my organisation, who named them, and who once could."""
    organisation_id = own_organisation(slug)
    usable = queries.usable_mandates(db(), organisation_id)
    return People(
        items=[_mandate(held, usable) for held in queries.mandates_of(db(), organisation_id)],
        ended=[_mandate(held, usable) for held in queries.ended_mandates(db(), organisation_id)],
    )


def own_organisation(slug: str) -> UUID:
    """The organisation of this address if it is the one acted for; who may do what is nobody else's business."""
    organisation = queries.organisation_by_slug(db(), slug)
    if organisation.id != actor().organisation_id:
        raise NotFound()
    return organisation.id


def _mandate(held: Any, usable: set[UUID]) -> MandateShown:
    named = ("id", "person_id", "duty", "alternate", "since", "until", "first_day", "last_day", "granted_at", "version")
    return MandateShown(
        **{name: getattr(held, name) for name in named},
        handle=held.person.handle,
        frozen=held.person.frozen_at is not None,
        usable=held.id in usable,
        granted_by=held.granted_by.handle if held.granted_by else None,
    )


@api.post(
    "/members/<slug>/mandates",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    takes=NewMandate,
    gives=Made,
    changes="people",
    web="members.grant",
)
def grant(slug: str, given: NewMandate) -> Made:
    """Let somebody do one more thing for my organisation."""
    mandate = grant_mandate_by_handle(db(), actor(), organisation_id=own_organisation(slug), **given.model_dump())
    return made(f"/members/{slug}/people", id=mandate.id)


@api.post(
    "/members/<slug>/mandates/<uuid:mandate_id>/hand-over",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    takes=Successor,
    gives=Made,
    changes="people",
    web="members.hand_over",
)
def hand_over(slug: str, mandate_id: UUID, given: Successor) -> Made:
    """Put a new person in somebody's place, in one step."""
    held = queries.get_mandate(db(), own_organisation(slug), mandate_id)
    mandate = hand_over_mandate(db(), actor(), mandate_id=held.id, handle=given.handle, version=given.version)
    return made(f"/members/{slug}/people", id=mandate.id)


@api.post(
    "/members/<slug>/mandates/<uuid:mandate_id>/last-day",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    takes=NewLastDay,
    changes="people",
    web="members.last_day",
)
def last_day(slug: str, mandate_id: UUID, given: NewLastDay) -> None:
    """Let a mandate end on another day."""
    held = queries.get_mandate(db(), own_organisation(slug), mandate_id)
    change_mandate(db(), actor(), mandate_id=held.id, version=given.version, last_day=given.last_day)


@api.post(
    "/members/<slug>/mandates/<uuid:mandate_id>/end",
    scope=Scope.CHANGE_MEMBERS,
    changes="people",
    web="members.end",
)
def end(slug: str, mandate_id: UUID) -> None:
    """End a mandate, at once and everywhere."""
    end_mandate(db(), actor(), mandate_id=queries.get_mandate(db(), own_organisation(slug), mandate_id).id)


@api.get(
    "/members/<slug>/invitations",
    gives=Invitations,
    scope=Scope.READ_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    web="members.invitations",
)
def invitations(slug: str) -> Invitations:
    """List which invitations are still open."""
    rows = queries.open_invitations(db(), own_organisation(slug))
    return Invitations(items=[_invitation(row) for row in rows])


def _invitation(row: Any) -> InvitationShown:
    named = ("id", "note", "duties", "alternate", "made_at")
    return InvitationShown(**{name: getattr(row, name) for name in named}, made_by=row.made_by.handle)


@api.post(
    "/members/<slug>/invitations",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    takes=NewInvitation,
    gives=Invited,
    changes="invitations",
    web="members.invite",
)
def invite(slug: str, given: NewInvitation) -> Invited:
    """Make an invitation; its link is shown once, or mailed."""
    own_organisation(slug)
    link = make_invitation(db(), actor(), **given.model_dump())
    return Invited(link=None if given.email else link, href=made(f"/members/{slug}/invitations").href)


@api.post(
    "/members/<slug>/invitations/<uuid:invitation_id>/recall",
    scope=Scope.CHANGE_MEMBERS,
    may=Permission.MANAGE_MEMBERS,
    changes="invitations",
    web="members.recall",
)
def recall(slug: str, invitation_id: UUID) -> None:
    """Take an invitation back."""
    if invitation_id not in {row.id for row in queries.open_invitations(db(), own_organisation(slug))}:
        raise NotFound()
    recall_invitation(db(), actor(), invitation_id=invitation_id)


@api.post("/people/<uuid:person_id>/freeze", scope=Scope.CHANGE_MEMBERS, web="members.freeze")
def freeze(person_id: UUID) -> None:
    """Freeze a colleague whose phone is in the wrong hands, or myself."""
    freeze_person(db(), actor(), person_id=person_id)


@api.post("/freeze-words", scope=Scope.CHANGE_MEMBERS, takes=Handle, web="members.ask_freeze")
def ask_freeze(given: Handle) -> None:
    """Say that the phone of somebody elsewhere is in the wrong hands; two such words freeze them."""
    ask_to_freeze(db(), actor(), handle=given.handle)


@api.post(
    "/members/<slug>/people/<uuid:person_id>/thaw",
    scope=Scope.CHANGE_MEMBERS,
    changes="people",
    web="members.thaw",
)
def thaw(slug: str, person_id: UUID) -> None:
    """Give my word, one of two, that a frozen colleague may come back."""
    own_organisation(slug)
    thaw_person(db(), actor(), person_id=person_id)


@api.post("/thaw-words", scope=Scope.CHANGE_MEMBERS, takes=Handle, web="members.thaw_elsewhere")
def thaw_elsewhere(given: Handle) -> None:
    """Give my word that somebody who has no colleagues may come back."""
    thaw_by_handle(db(), actor(), handle=given.handle)
