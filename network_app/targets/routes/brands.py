"""The register of brands, owners, authorities and others, and the dossier of each."""

from __future__ import annotations

from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, asked_page, db
from network_app.targets import queries
from network_app.targets.forms import AliasForm, ContactForm, ParentForm, TargetForm
from network_app.targets.routes.asked import (
    asked,
    asked_text,
    by_country_name,
    may_manage,
    pages,
    paging,
    target_named,
)
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.registering import add_alias, add_target, set_contact, set_parent


@pages.get("/brands")
def brands() -> Answer:
    """Search the register of brands, owners, authorities and others."""
    return _brands(TargetForm() if may_manage() else None)


@pages.post("/brands")
def add_brand() -> Answer:
    """Put a target on record."""
    require(actor(), Permission.MANAGE_TARGETS)
    form = TargetForm()
    if form.accepts(
        lambda: add_target(
            db(),
            actor(),
            name=form.data["name"],
            kind=TargetKind(form.data["kind"]),
            home_country=form.data["country"],
            source=form.data["source"],
        )
    ):
        return see_other("targets.brand", slug=form.result.slug)
    return _brands(form, 422)


def _brands(form: TargetForm | None, status: int = 200) -> Answer:
    kinds = {kind.value: kind for kind in TargetKind}
    filters = {
        "text": asked_text(),
        "country": asked("country", queries.home_countries(db())),
        "kind": asked("kind", list(kinds)),
        "labels": asked("labels", ["1"]),
    }
    targets, total = queries.targets_page(
        db(),
        text=filters["text"],
        country=filters["country"],
        kind=kinds.get(filters["kind"]),
        with_labels=bool(filters["labels"] or filters["text"]),
        page=asked_page(),
    )
    return page(
        "targets/brands.html",
        status,
        targets=targets,
        filters=filters,
        countries=by_country_name(queries.home_countries(db())),
        kinds=list(TargetKind),
        form=form,
        **paging(total),
    )


@pages.get("/brands/<slug>")
def brand(slug: str) -> Answer:
    """Show the dossier of a target."""
    return _dossier(slug)


@pages.post("/brands/<slug>/names")
def add_name(slug: str) -> Answer:
    """Note another name of a target."""
    require(actor(), Permission.MANAGE_TARGETS)
    target = queries.get_target(db(), slug)
    form = AliasForm()
    if form.accepts(
        lambda: add_alias(db(), actor(), target_id=target.id, name=form.data["name"], source=form.data["source"])
    ):
        return see_other("targets.brand", slug=slug)
    return _dossier(slug, 422, alias_form=form)


@pages.post("/brands/<slug>/parent")
def change_parent(slug: str) -> Answer:
    """Say who stands above a target."""
    require(actor(), Permission.MANAGE_TARGETS)
    target = queries.get_target(db(), slug)
    form = ParentForm()
    if form.accepts(
        lambda: set_parent(
            db(), actor(), target_id=target.id, parent_id=target_named(form.data["parent_id"], "parent_id")
        )
    ):
        return see_other("targets.brand", slug=slug)
    return _dossier(slug, 422, parent_form=form)


@pages.post("/brands/<slug>/contact")
def change_contact(slug: str) -> Answer:
    """Record where letters to a target go."""
    require(actor(), Permission.MANAGE_TARGETS)
    target = queries.get_target(db(), slug)
    form = ContactForm()
    if form.accepts(
        lambda: set_contact(
            db(),
            actor(),
            target_id=target.id,
            email=form.data["email"],
            language=form.data["language"],
            source=form.data["source"],
        )
    ):
        return see_other("targets.brand", slug=slug)
    return _dossier(slug, 422, contact_form=form)


def _dossier(slug: str, status: int = 200, **forms: Form) -> Answer:
    target = queries.get_target(db(), slug)
    blank = {"alias_form": AliasForm, "parent_form": ParentForm, "contact_form": ContactForm}
    return page(
        "targets/brand.html",
        status,
        target=target,
        answers=queries.answering_company(db(), target.id),
        links=queries.links_of_target(db(), target.id),
        workplaces=queries.facilities_of_owner(db(), target.id),
        may_manage=may_manage(),
        **{name: forms.get(name) or make() for name, make in blank.items()},
    )
