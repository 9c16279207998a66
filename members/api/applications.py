"""Applications for programs: who asks to become a member, who vouches, who objects."""

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import Field

from members import queries
from members.api.coalitions import Member, member_named
from members.api.shown import api
from members.rules import ApplicationState, OrganisationKind, Side
from members.use_cases.applying import Wish, ask_sponsor, enter_application, invite_body, vouch
from members.use_cases.coordinating import require_coordinator
from members.use_cases.deciding import object_to, withdraw_objection
from network_app.core.errors import NotFound
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import (
    AskedPage,
    Country,
    Input,
    Language,
    Line,
    Made,
    Output,
    Page,
    ShownOnce,
    made,
    page_after,
)
from network_app.pages.request import actor, db


class ApplicationShort(Output):
    """An application in the list."""

    ref: str
    state: ApplicationState
    coalition: str | None
    organisation: str | None
    made_at: dt.datetime


class SponsorShown(Output):
    """Who was asked to vouch, or did."""

    organisation: str
    vouches: bool
    answered_at: dt.datetime | None


class ObjectionShown(Output):
    """An objection that was not taken back."""

    id: UUID
    organisation: str
    reason: str
    at: dt.datetime


class Application(ApplicationShort):
    """One application, and where it stands."""

    about: str
    applied_at: dt.datetime | None
    decided_at: dt.datetime | None
    sponsors: list[SponsorShown]
    objections: list[ObjectionShown]
    may_speak: bool


class NewApplication(Input):
    """An application that reached a coordinator another way. Without a coalition: a direct member."""

    coalition_id: UUID | None
    email: str = Field(max_length=254)
    name: Line
    kind: OrganisationKind
    country: Country
    side: Side
    language: Language
    about: str = Field(max_length=5_000)


class BodyAsked(Input):
    """Who shall be asked to apply."""

    coalition_id: UUID | None
    email: str = Field(max_length=254)
    language: Language


class WayToApply(ShownOnce):
    """The link with which a body applies; it goes there by mail too."""


class Vouching(Input):
    """Whether my organisation vouches."""

    vouches: bool


class Objection(Input):
    """Why my organisation objects."""

    reason: str = Field(max_length=2_000)


@api.get(
    "/applications",
    gives=Page[ApplicationShort],
    asks=AskedPage,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.applications",
)
def applications(asked: AskedPage) -> Page[ApplicationShort]:
    """List who asks to become a member."""
    rows = queries.applications(db())
    return page_after(rows, asked.after, key=lambda row: row.ref, show=lambda row: ApplicationShort(**_short(row)))


def _short(row: Any) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "state": row.state,
        "coalition": row.coalition.slug if row.coalition else None,
        "organisation": row.organisation.name if row.organisation else None,
        "made_at": row.made_at,
    }


@api.get(
    "/applications/<ref>",
    gives=Application,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.application",
)
def application(ref: str) -> Application:
    """Read one application, and where it stands."""
    row = queries.get_application(db(), ref)
    return Application(
        **_short(row),
        about=row.about,
        applied_at=row.applied_at,
        decided_at=row.decided_at,
        sponsors=[
            SponsorShown(organisation=one.organisation.name, vouches=one.vouches, answered_at=one.answered_at)
            for one in queries.sponsors_of(db(), row)
        ],
        objections=[
            ObjectionShown(id=one.id, organisation=one.organisation.name, reason=one.reason, at=one.at)
            for one in queries.standing_objections(db(), row)
        ],
        may_speak=queries.has_voice(db(), actor(), row),
    )


@api.post("/applications", scope=Scope.CHANGE_MEMBERS, takes=NewApplication, gives=Made, web="members.enter")
def enter(given: NewApplication) -> Made:
    """Enter an application that reached me another way."""
    require_coordinator(actor(), None)
    row, _ = enter_application(
        db(),
        actor(),
        coalition_id=given.coalition_id,
        email=given.email,
        wish=Wish(
            name=given.name,
            kind=given.kind,
            country=given.country,
            side=given.side,
            languages=[given.language],
            about=given.about,
        ),
        language=given.language,
    )
    return made(f"/applications/{row.ref}", ref=row.ref)


@api.post(
    "/applications/invite",
    scope=Scope.CHANGE_MEMBERS,
    takes=BodyAsked,
    gives=WayToApply,
    web="members.invite_to_apply",
)
def invite_to_apply(given: BodyAsked) -> WayToApply:
    """Send a body the link with which it applies."""
    require_coordinator(actor(), None)
    row, link = invite_body(db(), actor(), **given.model_dump())
    return WayToApply(link=link, href=made(f"/applications/{row.ref}").href)


@api.post(
    "/applications/<ref>/vouch",
    scope=Scope.CHANGE_MEMBERS,
    takes=Vouching,
    changes="application",
    web="members.vouch_for",
)
def vouch_for(ref: str, given: Vouching) -> None:
    """Say whether my organisation vouches for an applicant."""
    vouch(db(), actor(), ref=ref, vouches=given.vouches)


@api.post(
    "/applications/<ref>/sponsors",
    scope=Scope.CHANGE_MEMBERS,
    takes=Member,
    changes="application",
    web="members.ask_for_word",
)
def ask_for_word(ref: str, given: Member) -> None:
    """Ask a member to vouch."""
    ask_sponsor(db(), actor(), ref=ref, organisation_id=member_named(given.member))


@api.post(
    "/applications/<ref>/objections",
    scope=Scope.CHANGE_MEMBERS,
    takes=Objection,
    gives=Made,
    changes="application",
    web="members.object_against",
)
def object_against(ref: str, given: Objection) -> Made:
    """Object for my organisation, with the reason."""
    objection = object_to(db(), actor(), ref=ref, reason=given.reason)
    return made(f"/applications/{ref}", ref=ref, id=objection.id)


@api.post(
    "/applications/<ref>/objections/<uuid:objection_id>/withdraw",
    scope=Scope.CHANGE_MEMBERS,
    changes="application",
    web="members.take_objection_back",
)
def take_objection_back(ref: str, objection_id: UUID) -> None:
    """Take my organisation's objection back."""
    row = queries.get_application(db(), ref)
    if objection_id not in {one.id for one in queries.standing_objections(db(), row)}:
        raise NotFound()
    withdraw_objection(db(), actor(), objection_id=objection_id)
