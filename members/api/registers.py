"""The registers of organisations and coalitions for programs."""

from typing import Any

from pydantic import Field

from members import queries
from members.api.shown import CoalitionShown, Me, MembershipShown, OrganisationShort, OrganisationShown, api
from members.queries.register import register_page
from members.rules import OrganisationKind, OrganisationStatus, Side
from members.use_cases.own_account import choose_language
from members.use_cases.standing import wake_organisation
from network_app.core.charter import CONSTANTS, value_text
from network_app.core.decisions import Decision, all_decisions
from network_app.core.permissions import Duty, Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import AskedPage, Country, Input, Language, Output, Page, page_of_slice
from network_app.pages.request import actor, db


class MembersAsked(AskedPage):
    """What to look for."""

    text: str = Field("", max_length=100)
    country: Country | None = None
    language: str = Field("", max_length=12)
    side: Side | None = None
    kind: OrganisationKind | None = None
    family: str = Field("", max_length=200)
    coalition: str = Field("", max_length=60)
    status: OrganisationStatus | None = None


class Coalitions(Output):
    """All of them."""

    items: list[CoalitionShown]


class ConstantShown(Output):
    """One number by which the network decides."""

    key: str
    value: str
    name: str
    says: str


class RuleShown(Output):
    """What one act needs while somebody is in danger, and otherwise."""

    act: str
    danger: list[str]
    harm: list[str]


class Charter(Output):
    """The numbers in force, and who decides what."""

    items: list[ConstantShown]
    rules: list[RuleShown]


class NewLanguage(Input):
    """In which language I am written to."""

    language: Language


@api.get(
    "/members",
    gives=Page[OrganisationShort],
    asks=MembersAsked,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.register",
)
def search(asked: MembersAsked) -> Page[OrganisationShort]:
    """Search the members by name, country, coalition and side."""
    narrowed = {
        "text": asked.text,
        "country": asked.country or "",
        "language": asked.language,
        "side": asked.side or "",
        "kind": asked.kind or "",
        "family": asked.family,
        "coalition": asked.coalition,
        "status": asked.status or "",
    }
    found = register_page(db(), narrowed, after=asked.after or None, size=50, strict=True)
    return page_of_slice(found, OrganisationShort.of)


@api.get(
    "/members/<slug>",
    gives=OrganisationShown,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.show",
)
def show(slug: str) -> OrganisationShown:
    """Read an organisation's own page."""
    organisation = queries.organisation_by_slug(db(), slug)
    ours = actor().organisation_id == organisation.id
    return OrganisationShown(
        **OrganisationShort.of(organisation).model_dump(),
        family=organisation.family,
        joined_on=organisation.joined_on,
        secretariat=organisation.secretariat,
        monthly_call_cap=organisation.monthly_call_cap,
        coalitions=[
            _membership(coalition, membership, organisation)
            for coalition, membership in queries.coalitions_of(db(), organisation.id)
        ],
        ours=ours,
        email=organisation.email if ours else None,
    )


def _membership(coalition: Any, membership: Any, organisation: Any) -> MembershipShown:
    return MembershipShown(
        coalition_id=coalition.id,
        slug=coalition.slug,
        name=coalition.name,
        since=membership.since,
        until=membership.until,
        bloc=coalition.id == organisation.bloc_id,
    )


@api.get(
    "/coalitions",
    gives=Coalitions,
    scope=Scope.READ_MEMBERS,
    may=Permission.SEE_NETWORK,
    web="members.register",
)
def coalitions() -> Coalitions:
    """List the coalitions."""
    return Coalitions(items=CoalitionShown.all_of(queries.coalitions(db())))


@api.get("/charter", gives=Charter, scope=Scope.READ_MEMBERS, may=Permission.SEE_NETWORK, web="members.charter")
def charter() -> Charter:
    """Read every constant of the charter that is in force, with what it means, and who decides what."""
    return Charter(
        rules=[
            RuleShown(act=str(act.label), danger=_words(danger), harm=_words(harm))
            for act, danger, harm in all_decisions()
        ],
        items=[
            ConstantShown(key=key, value=str(value_text(one.value)), name=str(one.name), says=str(one.says))
            for key, one in CONSTANTS.items()
        ],
    )


def _words(decision: Decision) -> list[str]:
    return [str(need.label) for need in decision.needs]


@api.get("/me", gives=Me, scope=Scope.READ_MEMBERS, web="members.me")
def me() -> Me:
    """Read for whom, and under which mandates, this token acts now."""
    person = queries.get_person(db(), actor().own_person())
    return Me(
        handle=person.handle,
        organisation=OrganisationShort.of(queries.get_organisation(db(), actor().own_organisation())),
        duties=[duty for duty in Duty if duty in actor().duties],
        language=person.language,
        zone=person.zone,
    )


@api.post("/me/language", scope=Scope.CHANGE_MEMBERS, takes=NewLanguage, web="members.language")
def language(given: NewLanguage) -> None:
    """Be written to in another language."""
    choose_language(db(), actor(), language=given.language)


@api.post("/members/wake", scope=Scope.CHANGE_MEMBERS, web="members.wake")
def wake() -> None:
    """Bring my dormant organisation back."""
    wake_organisation(db(), actor())
