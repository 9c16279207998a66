"""One claim about who buys where: both sides, what a review found, and the forms to add to it."""

from __future__ import annotations

import uuid

from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, db
from network_app.targets import queries
from network_app.targets.forms import ReviewForm, StatementForm
from network_app.targets.routes.asked import may_manage, pages
from network_app.targets.rules import REVIEW_STEPS, LinkState, Side, Stance
from network_app.targets.use_cases.sourcing import record_statement, review_link


@pages.get("/facilities/claims/<uuid:link_id>")
def link(link_id: uuid.UUID) -> Answer:
    """Show a claim with what each side says."""
    return _claim(link_id)


@pages.post("/facilities/claims/<uuid:link_id>/statements")
def add_statement(link_id: uuid.UUID) -> Answer:
    """Add what one side says."""
    require(actor(), Permission.MANAGE_TARGETS)
    form = StatementForm()
    if form.accepts(
        lambda: record_statement(
            db(),
            actor(),
            link_id=link_id,
            said_by=Side(form.data["said_by"]),
            stance=Stance(form.data["stance"]),
            text=form.data["text"],
            said_on=form.data["said_on"],
            ended_on=form.data["ended_on"],
            source=form.data["source"],
        )
    ):
        return see_other("targets.link", link_id=link_id)
    return _claim(link_id, 422, statement_form=form)


@pages.post("/facilities/claims/<uuid:link_id>/review")
def review(link_id: uuid.UUID) -> Answer:
    """Judge a claim, with a reason."""
    require(actor(), Permission.MANAGE_TARGETS)
    form = ReviewForm(REVIEW_STEPS[queries.get_link(db(), link_id).state])
    if form.accepts(
        lambda: review_link(
            db(),
            actor(),
            link_id=link_id,
            state=LinkState(form.data["state"]),
            note=form.data["note"],
            ended_on=form.data["ended_on"],
        )
    ):
        return see_other("targets.link", link_id=link_id)
    return _claim(link_id, 422, review_form=form)


def _claim(
    link_id: uuid.UUID,
    status: int = 200,
    *,
    statement_form: StatementForm | None = None,
    review_form: ReviewForm | None = None,
) -> Answer:
    claim = queries.get_link(db(), link_id)
    return page(
        "targets/claim.html",
        status,
        link=claim,
        may_manage=may_manage(),
        statement_form=statement_form or StatementForm(),
        review_form=review_form or ReviewForm(REVIEW_STEPS[claim.state]),
    )
