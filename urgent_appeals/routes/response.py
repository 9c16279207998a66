"""Asking and answering: the fan-out preview with its one button, and what my own organisation was asked."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import cast

from flask import Blueprint

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission, may, require
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, db
from network_app.targets.queries import find_target
from urgent_appeals.forms.response import (
    AnswerForm,
    FanOutForm,
    OptOutForm,
    PressForm,
)
from urgent_appeals.queries.case import network_may_know
from urgent_appeals.queries.leverage import fan_out_preview
from urgent_appeals.queries.response import (
    call_row,
    calls_to,
    get_call,
    open_calls_for,
    opt_outs_of,
    team_case,
)
from urgent_appeals.queries.texts import texts_of
from urgent_appeals.rules.leverage import in_words
from urgent_appeals.rules.texts import FIELDS
from urgent_appeals.use_cases.calls import answer_call, end_opt_out, opt_out_of_calls
from urgent_appeals.use_cases.fan_out import fan_out_appeal, recall_fan_out

pages = Blueprint("response", __name__)


# ---------------------------------------------------------------- what my organisation was asked


@pages.get("/calls")
def my_calls() -> Answer:
    """What my organisation was asked, the open ones on top."""
    require(actor(), Permission.SEE_NETWORK)
    return _calls(OptOutForm(formdata=None))


def _calls(form: OptOutForm, status: int = 200) -> Answer:
    own = actor().own_organisation()
    waiting = open_calls_for(db(), own)
    open_ids = {row.call.id for row in waiting}
    return page(
        "urgent_appeals/my_calls.html",
        status,
        waiting=waiting,
        earlier=[row for row in calls_to(db(), own) if row.call.id not in open_ids],
        opt_outs=opt_outs_of(db(), own),
        form=form,
        may_answer=may(actor(), Permission.ANSWER_CALL),
    )


@pages.get("/calls/<ref>")
def show_call(ref: str) -> Answer:
    """One call: what it is about, why we are asked, what would help, and our answer."""
    require(actor(), Permission.SEE_NETWORK)
    return _call(ref, AnswerForm(formdata=None))


def _call(ref: str, form: AnswerForm, status: int = 200) -> Answer:
    row = call_row(db(), get_call(db(), actor().own_organisation(), ref))
    return page(
        "urgent_appeals/call.html",
        status,
        row=row,
        text=texts_of(db(), row.appeal, drafts=False)[0].shown if network_may_know(db(), row.appeal) else None,
        fields=FIELDS,
        form=form,
        may_answer=may(actor(), Permission.ANSWER_CALL),
    )


@pages.post("/calls/<ref>")
def answer(ref: str) -> Answer:
    """Answer for my organisation."""
    form = AnswerForm()
    if form.accepts(lambda: _answer(ref, form)):
        return see_other("response.show_call", ref=ref)
    return _call(ref, form, 422)


def _answer(ref: str, form: AnswerForm) -> object:
    return answer_call(db(), actor(), ref=ref, answer=form.answer.data or "", text=form.text.data or "")


@pages.post("/calls/opt-out")
def opt_out() -> Answer:
    """Ask not to be asked for a while."""
    form = OptOutForm()
    return see_other("response.my_calls") if form.accepts(lambda: _opt_out(form)) else _calls(form, 422)


def _opt_out(form: OptOutForm) -> object:
    company = find_target(db(), form.company.data) if form.company.data else None
    if form.company.data and company is None:
        raise Invalid(lazy("We know no company of this name. Look it up under Brands."), field="company")
    last_day = cast("date | None", form.until.data)
    return opt_out_of_calls(
        db(),
        actor(),
        reason=form.reason.data or "",
        target_id=company.id if company else None,
        until=datetime.combine(last_day, time.max, UTC) if last_day else None,
    )


@pages.post("/calls/opt-out/<uuid:opt_out_id>/end")
def opt_in(opt_out_id: uuid.UUID) -> Answer:
    """Be asked again."""
    form = PressForm()
    form.accepts(lambda: end_opt_out(db(), actor(), opt_out_id=opt_out_id))
    return see_other("response.my_calls")


# ---------------------------------------------------------------- fan-out


@pages.get("/appeals/<ref>/fan-out")
def fan_out(ref: str) -> Answer:
    """Who would be asked and why, who rests, whom nobody reaches, and one button."""
    return _fan_out(ref, FanOutForm(formdata=None))


def _fan_out(ref: str, form: FanOutForm, status: int = 200) -> Answer:
    require(actor(), Permission.FAN_OUT_APPEAL)
    appeal = team_case(db(), actor(), ref)
    preview = fan_out_preview(db(), appeal)
    if not form.round_nr.data:
        form.round_nr.data = str(preview.round)
    return page(
        "urgent_appeals/fan_out.html",
        status,
        appeal=appeal,
        preview=preview,
        form=form.offer(in_public=preview.in_public),
        reason_in_words=in_words,
    )


@pages.post("/appeals/<ref>/fan-out")
def ask(ref: str) -> Answer:
    """Ask them."""
    form = FanOutForm().offer(in_public=True)
    if form.accepts(lambda: _ask(ref, form)):
        return see_other("appeals.case", "calls", ref=ref)
    return _fan_out(ref, form, 422)


def _ask(ref: str, form: FanOutForm) -> object:
    typed = form.round_nr.data or ""
    round_nr = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    return fan_out_appeal(db(), actor(), ref=ref, round_nr=round_nr, asked=form.asked.data or [])


@pages.post("/appeals/<ref>/fan-out/undo")
def undo(ref: str) -> Answer:
    """Undo the last round while nothing of it has left."""
    form = FanOutForm(formdata=None).offer(in_public=False)
    press = PressForm()
    if press.accepts(lambda: recall_fan_out(db(), actor(), ref=ref)):
        return see_other("appeals.case", "calls", ref=ref)
    form.problems = press.problems
    return _fan_out(ref, form, 422)
