"""Coalitions for programs: who is in, who coordinates, and what coordinators do for theirs."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import Field

from members import queries
from members.api.shown import CoalitionShown, OrganisationShort, api
from members.use_cases.belonging import answer_join, invite_member, take_back_join
from members.use_cases.coordinating import end_coordinator, name_coordinator, rename_coalition
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Input, Line, Made, Output, made
from network_app.pages.request import actor, db


class CoordinatorShown(Output):
    """Somebody who coordinates."""

    id: UUID
    handle: str
    organisation: str


class JoinRequestShown(Output):
    """A request or an invitation that waits for a word."""

    id: UUID
    coalition: str
    organisation: str
    made_at: dt.datetime


class Coalition(CoalitionShown):
    """One coalition. What waits for a word is for its coordinators only."""

    ours: bool
    members: list[OrganisationShort]
    coordinators: list[CoordinatorShown]
    requests: list[JoinRequestShown]


class NewName(Input):
    """Another name."""

    name: Line


class NewCoordinator(Input):
    """Somebody of a member organisation who shall coordinate."""

    handle: str = Field(max_length=40)
    organisation_id: UUID


class Member(Input):
    """A member, by the name in its address."""

    member: str = Field(max_length=60)


class Word(Input):
    """Yes or no to what waits; `back` takes one's own request or invitation back."""

    word: Literal["yes", "no", "back"]


@api.get(
    "/coalitions/<slug>",
    gives=Coalition,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.coalition members.coalitions",
)
def coalition(slug: str) -> Coalition:
    """Read one coalition; as its coordinator also what waits for my word."""
    row = queries.coalition_by_slug(db(), slug)
    ours = row.id in actor().coordinates
    return Coalition(
        **CoalitionShown.of(row).model_dump(),
        ours=ours,
        members=OrganisationShort.all_of(queries.members_of(db(), row.id)),
        coordinators=[
            CoordinatorShown(id=one.id, handle=one.person.handle, organisation=one.organisation.name)
            for one in queries.coordinators_of(db(), row.id)
        ],
        requests=requests_shown(coalition_id=row.id) if ours else [],
    )


def requests_shown(*, coalition_id: UUID | None = None, organisation_id: UUID | None = None) -> list[JoinRequestShown]:
    """What waits for a word of a coalition or of an organisation."""
    rows = queries.open_join_requests(db(), coalition_id=coalition_id, organisation_id=organisation_id)
    return [
        JoinRequestShown(
            id=one.id, coalition=one.coalition.slug, organisation=one.organisation.slug, made_at=one.made_at
        )
        for one in rows
    ]


def member_named(slug: str) -> UUID:
    """The member with this name in its address. Raises Invalid."""
    try:
        return queries.organisation_by_slug(db(), slug.strip().lower()).id
    except NotFound:
        raise Invalid(lazy("There is no such member."), field="member") from None


@api.post(
    "/coalitions/<slug>/name",
    scope=Scope.CHANGE_MEMBERS,
    takes=NewName,
    changes="coalition",
    web="members.rename_one",
)
def rename_one(slug: str, given: NewName) -> None:
    """Give my coalition another name."""
    rename_coalition(db(), actor(), coalition_id=queries.coalition_by_slug(db(), slug).id, name=given.name)


@api.post(
    "/coalitions/<slug>/coordinators",
    scope=Scope.CHANGE_MEMBERS,
    takes=NewCoordinator,
    changes="coalition",
    web="members.name_one",
)
def name_one(slug: str, given: NewCoordinator) -> None:
    """Name one more coordinator of my coalition; while nobody coordinates it, the first one again."""
    row = queries.coalition_by_slug(db(), slug)
    offered = {(person.handle, place.id) for person, place in queries.coordinators_to_be(db(), actor(), row.id)}
    if queries.may_name_coordinator(db(), actor(), row.id) and (given.handle, given.organisation_id) not in offered:
        raise Invalid(lazy("Nobody of this name can coordinate this coalition."), field="handle")
    name_coordinator(db(), actor(), coalition_id=row.id, handle=given.handle, organisation_id=given.organisation_id)


@api.post(
    "/coalitions/<slug>/coordinators/<uuid:coordinator_id>/end",
    scope=Scope.CHANGE_MEMBERS,
    changes="coalition",
    web="members.end_one",
)
def end_one(slug: str, coordinator_id: UUID) -> None:
    """Let somebody coordinate my coalition no longer."""
    row = queries.coalition_by_slug(db(), slug)
    if coordinator_id not in {one.id for one in queries.coordinators_of(db(), row.id)}:
        raise NotFound()
    end_coordinator(db(), actor(), coordinator_id=coordinator_id)


@api.post(
    "/coalitions/<slug>/members",
    scope=Scope.CHANGE_MEMBERS,
    takes=Member,
    gives=Made,
    changes="coalition",
    web="members.invite_one",
)
def invite_one(slug: str, given: Member) -> Made:
    """Invite a member of the network into my coalition."""
    row = queries.coalition_by_slug(db(), slug)
    asked = invite_member(db(), actor(), coalition_id=row.id, organisation_id=member_named(given.member))
    return made(f"/coalitions/{slug}", id=asked.id)


@api.post(
    "/coalitions/<slug>/requests/<uuid:request_id>",
    scope=Scope.CHANGE_MEMBERS,
    takes=Word,
    changes="coalition",
    web="members.answer_request",
)
def answer_request(slug: str, request_id: UUID, given: Word) -> None:
    """Answer a member that asks to be in my coalition, or take an invitation back."""
    row = queries.coalition_by_slug(db(), slug)
    settle(request_id, given, {one.id for one in queries.open_join_requests(db(), coalition_id=row.id)})


def settle(request_id: UUID, given: Word, waiting: set[UUID]) -> None:
    """Carry out the word on a request of those that wait here. Raises NotFound for another one."""
    if request_id not in waiting:
        raise NotFound()
    if given.word == "back":
        take_back_join(db(), actor(), request_id=request_id)
    else:
        answer_join(db(), actor(), request_id=request_id, accept=given.word == "yes")
