"""The register of workplaces for programs."""

from __future__ import annotations

from pydantic import Field

from network_app.core.paging import page_of
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import (
    AskedPage,
    Country,
    Day,
    Input,
    LongLine,
    Made,
    Page,
    Ref,
    made,
    page_of_slice,
)
from network_app.pages.request import actor, db
from network_app.targets import queries
from network_app.targets.api.shown import Claim, FacilityShort, Fact, TargetShort, Workplace, WrittenAs, api
from network_app.targets.rules import FacilityStatus
from network_app.targets.use_cases.registering import add_facility, join_facilities, mark_facility


class FacilitiesAsked(AskedPage):
    """What to look for."""

    text: str = Field("", max_length=100)
    country: Country | None = None


class NewFacility(Input):
    """A workplace that is not on record yet."""

    name: str = Field(max_length=300)
    country: Country
    address: str = Field("", max_length=800)
    source: LongLine


class NewStatus(Input):
    """What became of it."""

    status: FacilityStatus
    since: Day | None = None


class SameAs(Input):
    """The reference of the other record."""

    joined: Ref


@api.get(
    "/facilities",
    gives=Page[FacilityShort],
    asks=FacilitiesAsked,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.facilities",
)
def search_facilities(asked: FacilitiesAsked) -> Page[FacilityShort]:
    """Search the register of workplaces."""
    chosen = queries.chosen_facilities(asked.text, asked.country or "")
    found = page_of(db(), chosen, *queries.FACILITIES_IN_ORDER, after=asked.after or None, size=50, strict=True)
    return page_of_slice(found, FacilityShort.of)


@api.get(
    "/facilities/<ref>",
    gives=Workplace,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.facility",
)
def show_facility(ref: str) -> Workplace:
    """Read everything about a workplace and who is said to buy there."""
    workplace = queries.get_facility(db(), ref)
    return Workplace(
        **FacilityShort.of(workplace).model_dump(),
        lat=workplace.lat,
        lng=workplace.lng,
        owner=TargetShort.of(workplace.owner) if workplace.owner else None,
        status_since=workplace.status_since,
        merged_into=FacilityShort.of(workplace.merged_into) if workplace.merged_into else None,
        joined=FacilityShort.all_of(queries.joined_into(db(), workplace.id)),
        source=workplace.source,
        added_at=workplace.added_at,
        names=WrittenAs.all_of(workplace.names),
        facts=Fact.all_of(workplace.facts),
        claims=Claim.all_of(queries.links_of_facility(db(), workplace.id)),
    )


@api.post(
    "/facilities",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewFacility,
    gives=Made,
    web="targets.new_facility",
)
def add_workplace(given: NewFacility) -> Made:
    """Put a workplace on record."""
    workplace = add_facility(db(), actor(), **given.model_dump())
    return made(f"/facilities/{workplace.ref}", ref=workplace.ref, id=workplace.id)


@api.post(
    "/facilities/<ref>/status",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewStatus,
    changes="show_facility",
    web="targets.change_status",
)
def change_status(ref: str, given: NewStatus) -> None:
    """Note that a workplace closed, moved or opened again."""
    workplace = queries.get_facility(db(), ref)
    mark_facility(db(), actor(), facility_id=workplace.id, status=given.status, since=given.since)


@api.post(
    "/facilities/<ref>/join",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=SameAs,
    changes="show_facility",
    web="targets.join",
)
def join(ref: str, given: SameAs) -> None:
    """Join another record of the same workplace to this one."""
    kept = queries.get_facility(db(), ref)
    joined = queries.facility_with_ref(db(), given.joined, field="joined")
    join_facilities(db(), actor(), kept_id=kept.id, joined_id=joined.id)
