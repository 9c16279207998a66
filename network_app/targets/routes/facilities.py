"""The register of workplaces, and the page of each with who is said to buy there."""

from __future__ import annotations

from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, asked_page, db
from network_app.targets import queries
from network_app.targets.forms import ClaimForm, FacilityForm, JoinForm, StatusForm
from network_app.targets.routes.asked import (
    asked,
    asked_text,
    by_country_name,
    may_manage,
    pages,
    paging,
    target_required,
)
from network_app.targets.rules import Confidence, Evidence, FacilityStatus
from network_app.targets.use_cases.registering import add_facility, join_facilities, mark_facility
from network_app.targets.use_cases.sourcing import claim_sourcing


@pages.get("/facilities")
def facilities() -> Answer:
    """Search the register of workplaces."""
    return _facilities(FacilityForm() if may_manage() else None)


@pages.post("/facilities")
def new_facility() -> Answer:
    """Put a workplace on record."""
    require(actor(), Permission.MANAGE_TARGETS)
    form = FacilityForm()
    if form.accepts(
        lambda: add_facility(
            db(),
            actor(),
            name=form.data["name"],
            country=form.data["country"],
            address=form.data["address"],
            source=form.data["source"],
        )
    ):
        return see_other("targets.facility", ref=form.result.ref)
    return _facilities(form, 422)


def _facilities(form: FacilityForm | None, status: int = 200) -> Answer:
    countries = queries.facility_countries(db())
    filters = {"text": asked_text(), "country": asked("country", countries)}
    found, total = queries.facilities_page(db(), **filters, page=asked_page())
    return page(
        "targets/facilities.html",
        status,
        facilities=found,
        filters=filters,
        countries=by_country_name(countries),
        form=form,
        may_manage=may_manage(),
        **paging(total),
    )


@pages.get("/facilities/<ref>")
def facility(ref: str) -> Answer:
    """Show a workplace and who is said to buy there."""
    return _workplace(ref)


@pages.post("/facilities/<ref>/claims")
def claim(ref: str) -> Answer:
    """Claim that a brand buys at this workplace."""
    require(actor(), Permission.MANAGE_TARGETS)
    workplace = queries.get_facility(db(), ref)
    form = ClaimForm()
    if form.accepts(
        lambda: claim_sourcing(
            db(),
            actor(),
            target_id=target_required(form.data["brand"], "brand"),
            facility_id=workplace.id,
            evidence=Evidence(form.data["evidence"]),
            claim=form.data["claim"],
            source=form.data["source"],
            confidence=Confidence(form.data["confidence"]),
            first_seen=form.data["first_seen"],
            last_seen=form.data["last_seen"],
        )
    ):
        return see_other("targets.link", link_id=form.result.id)
    return _workplace(ref, 422, claim_form=form)


@pages.post("/facilities/<ref>/status")
def change_status(ref: str) -> Answer:
    """Note that a workplace closed, moved or opened again."""
    require(actor(), Permission.MANAGE_TARGETS)
    workplace = queries.get_facility(db(), ref)
    form = StatusForm()
    if form.accepts(
        lambda: mark_facility(
            db(),
            actor(),
            facility_id=workplace.id,
            status=FacilityStatus(form.data["status"]),
            since=form.data["since"],
        )
    ):
        return see_other("targets.facility", ref=workplace.ref)
    return _workplace(ref, 422, status_form=form)


@pages.post("/facilities/<ref>/join")
def join(ref: str) -> Answer:
    """Join another record of the same workplace to this one."""
    require(actor(), Permission.MANAGE_TARGETS)
    kept = queries.get_facility(db(), ref)
    form = JoinForm()
    if form.accepts(
        lambda: join_facilities(
            db(),
            actor(),
            kept_id=kept.id,
            joined_id=queries.facility_with_ref(db(), form.data["joined_id"], field="joined_id").id,
        )
    ):
        return see_other("targets.facility", ref=kept.ref)
    return _workplace(ref, 422, join_form=form)


def _workplace(ref: str, status: int = 200, **forms: Form) -> Answer:
    workplace = queries.get_facility(db(), ref)
    blank = {"claim_form": ClaimForm, "status_form": StatusForm, "join_form": JoinForm}
    return page(
        "targets/facility.html",
        status,
        facility=workplace,
        links=queries.links_of_facility(db(), workplace.id),
        joined=queries.joined_into(db(), workplace.id),
        may_manage=may_manage(),
        **{name: forms.get(name) or make() for name, make in blank.items()},
    )
