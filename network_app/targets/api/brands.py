"""The register of targets for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.paging import page_of
from network_app.core.permissions import Permission, may
from network_app.core.scopes import Scope
from network_app.pages.payload import (
    AskedPage,
    Country,
    Input,
    Language,
    Line,
    LongLine,
    Made,
    Page,
    made,
    page_of_slice,
)
from network_app.pages.request import actor, db
from network_app.targets import queries
from network_app.targets.api.shown import (
    Alias,
    Claim,
    Contact,
    Dossier,
    FacilityShort,
    Fact,
    OwnerSaid,
    TargetShort,
    api,
)
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.registering import add_alias, add_target, set_contact, set_parent


class TargetsAsked(AskedPage):
    """What to look for."""

    text: str = Field("", max_length=100)
    country: Country | None = None
    kind: TargetKind | None = None


class NewTarget(Input):
    """A target that is not on record yet."""

    name: Line
    kind: TargetKind
    country: Country | None = None
    source: LongLine


class NewAlias(Input):
    """Another name."""

    name: Line
    source: LongLine = ""


class NewParent(Input):
    """Who stands above, by id; null for nobody."""

    parent_id: UUID | None


class NewContact(Input):
    """Where letters go."""

    email: Line
    language: Language
    source: LongLine


@api.get(
    "/targets",
    gives=Page[TargetShort],
    asks=TargetsAsked,
    scope=Scope.READ_TARGETS,
    may=Permission.SEE_NETWORK,
    web="targets.brands",
)
def search(asked: TargetsAsked) -> Page[TargetShort]:
    """Search the register of brands, owners, authorities and others."""
    chosen = queries.chosen_targets(asked.text, asked.country or "", asked.kind)
    found = page_of(db(), chosen, *queries.TARGETS_IN_ORDER, after=asked.after or None, size=50, strict=True)
    return page_of_slice(found, TargetShort.of)


@api.get("/targets/<slug>", gives=Dossier, scope=Scope.READ_TARGETS, may=Permission.SEE_NETWORK, web="targets.brand")
def show(slug: str) -> Dossier:
    """Read the dossier of a target."""
    target = queries.get_target(db(), slug)
    answers = queries.answering_company(db(), target.id)
    return Dossier(
        **TargetShort.of(target).model_dump(),
        markets=target.markets,
        source=target.source,
        added_at=target.added_at,
        aliases=Alias.all_of(target.aliases),
        parent=TargetShort.of(target.parent) if target.parent else None,
        children=TargetShort.all_of(target.children),
        parent_claims=OwnerSaid.all_of(target.parent_claims),
        facts=Fact.all_of(target.facts),
        answers=TargetShort.of(answers),
        contact=_contact(answers),
        claims=Claim.all_of(queries.links_of_target(db(), target.id)),
        runs=FacilityShort.all_of(queries.facilities_of_owner(db(), target.id)),
    )


def _contact(answers: Any) -> Contact | None:
    # As on the page: an address at a target is personal data, for those who keep the register.
    if not answers.contact_email or not may(actor(), Permission.MANAGE_TARGETS):
        return None
    return Contact(
        email=answers.contact_email,
        language=answers.contact_language,
        source=answers.contact_source,
        since=answers.contact_since,
        bounced_at=answers.contact_bounced_at,
    )


@api.post(
    "/targets",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewTarget,
    gives=Made,
    web="targets.add_brand",
)
def add(given: NewTarget) -> Made:
    """Put a target on record."""
    target = add_target(
        db(), actor(), name=given.name, kind=given.kind, home_country=given.country, source=given.source
    )
    return made(f"/targets/{target.slug}", ref=target.slug, id=target.id)


@api.post(
    "/targets/<slug>/names",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewAlias,
    changes="show",
    web="targets.add_name",
)
def add_name(slug: str, given: NewAlias) -> None:
    """Note another name of a target."""
    target = queries.get_target(db(), slug)
    add_alias(db(), actor(), target_id=target.id, name=given.name, source=given.source)


@api.post(
    "/targets/<slug>/parent",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewParent,
    changes="show",
    web="targets.change_parent",
)
def change_parent(slug: str, given: NewParent) -> None:
    """Say who stands above a target."""
    target = queries.get_target(db(), slug)
    if given.parent_id is not None and not queries.is_target(db(), given.parent_id):
        raise Invalid(lazy("There is no such target."), field="parent_id")
    set_parent(db(), actor(), target_id=target.id, parent_id=given.parent_id)


@api.post(
    "/targets/<slug>/contact",
    scope=Scope.CHANGE_TARGETS,
    may=Permission.MANAGE_TARGETS,
    takes=NewContact,
    changes="show",
    web="targets.change_contact",
)
def change_contact(slug: str, given: NewContact) -> None:
    """Record where letters to a target go."""
    target = queries.get_target(db(), slug)
    set_contact(db(), actor(), target_id=target.id, email=given.email, language=given.language, source=given.source)
