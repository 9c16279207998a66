"""The members' side of a case until it is accepted: the queue, the case page and the acts of its team."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import cast

from flask import Blueprint, request, url_for

from members.queries import organisations
from network_app.core.permissions import Permission, require
from network_app.pages.answers import Answer, download, page, see_other
from network_app.pages.forms import Form, options
from network_app.pages.request import actor, asked_page, db
from urgent_appeals.forms.triage import (
    BrakeForm,
    ConsentForm,
    EvidenceForm,
    FacilityForm,
    PressForm,
    TextForm,
    TriageForm,
)
from urgent_appeals.queries.case_page import case_page
from urgent_appeals.queries.queue import Wish, appeal_queue
from urgent_appeals.queries.response import response_values
from urgent_appeals.routes.case_acts import ACTS, offers
from urgent_appeals.rules.audiences import Audience, EvidenceKind
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.brakes import resume_appeal, stop_everything
from urgent_appeals.use_cases.consent import (
    record_consent,
    resume_publication,
    second_consent,
    stop_publication,
    withdraw_consent,
)
from urgent_appeals.use_cases.evidence import add_photo, open_evidence
from urgent_appeals.use_cases.talking import ask_filer, tell_filer
from urgent_appeals.use_cases.triage import (
    acknowledge,
    confirm_triage,
    decline_appeal,
    disagree_with_triage,
    name_facility,
    reopen_appeal,
    take_coordination,
    triage_appeal,
)
from urgent_appeals.use_cases.verification import verify_appeal

pages = Blueprint("appeals", __name__)
BRAKES = {"stop": stop_everything, "resume": resume_appeal, "publish": resume_publication}


@pages.get("/appeals")
def queue() -> Answer:
    """The appeals I may see, the most urgent first."""
    require(actor(), Permission.SEE_APPEALS)
    asked = {name: request.args.get(name, "")[:80] for name in ("text", "stage", "clock", "country")}
    found = appeal_queue(db(), actor(), Wish(**asked), page=asked_page())
    return page(
        "urgent_appeals/queue.html",
        found=found,
        asked=asked,
        query={name: value for name, value in asked.items() if value},
        stages=options(Stage),
        clocks=options(Clock),
    )


@pages.get("/appeals/<ref>")
def case(ref: str) -> Answer:
    """One case, as I may see it."""
    return _show(ref)


@pages.get("/appeals/<ref>/triage/disagree", defaults={"act": "triage/disagree"})
@pages.get("/appeals/<ref>/<any(triage, verify, question, news, reopen, brake, facility, consent, evidence):act>")
def act(ref: str, act: str) -> Answer:
    """One case with the form of one act open in its place."""
    return _show(ref, act)


def _show(ref: str, act: str = "", refused: Form | None = None) -> Answer:
    """The case page; with `act` its form stands open, with `refused` as it was sent."""
    shown = case_page(db(), actor(), ref)
    status = 200 if refused is None else 422
    values = response_values(db(), actor(), shown.appeal, audience=shown.audience)
    if shown.audience is not Audience.CASE_TEAM:
        return page("urgent_appeals/case_network.html", status, case=shown, **values)
    can = offers(shown)
    opened = act if act in ACTS and ACTS[act].offer in can else ""
    return page(
        "urgent_appeals/case.html",
        status,
        case=shown,
        can=can,
        here=url_for("appeals.case", ref=shown.appeal.ref),
        act=opened,
        form=(refused or ACTS[opened].form()) if opened else None,
        # What has no form on the page, or none any more, is refused on top.
        refused=None if opened else refused,
        **values,
    )


def _done(ref: str, form: Form, do: Callable[[], object], act: str = "", place: str = "") -> Answer:
    """Do one act of the case page: back to the case, or the page again with what was typed."""
    return see_other("appeals.case", place or None, ref=ref) if form.accepts(do) else _show(ref, act, form)


@pages.post("/appeals/<ref>/acknowledge")
def take_up(ref: str) -> Answer:
    """Take the appeal in hand."""
    return _done(ref, PressForm(), lambda: acknowledge(db(), actor(), ref=ref))


@pages.post("/appeals/<ref>/triage")
def triage(ref: str) -> Answer:
    """Answer the three tests and propose a decision."""
    form = TriageForm().offer(organisations(db()))
    return _done(ref, form, lambda: _decide(ref, form), "triage", "triage")


def _decide(ref: str, form: TriageForm) -> object:
    tests = {name: form[name].data or "" for name in ("genuine", "wanted", "useful")}
    if form.choice.data == "decline":
        return decline_appeal(db(), actor(), ref=ref, reason=form.reason.data or "", **tests)
    chosen = form.workers_organisation.data
    speaks = uuid.UUID(chosen) if chosen else None
    title = form.title.data or ""
    return triage_appeal(db(), actor(), ref=ref, title=title, workers_organisation_id=speaks, **tests)


@pages.post("/appeals/<ref>/triage/confirm")
def confirm(ref: str) -> Answer:
    """Confirm the decision as the second organisation."""
    return _done(ref, PressForm(), lambda: confirm_triage(db(), actor(), ref=ref))


@pages.post("/appeals/<ref>/triage/disagree")
def disagree(ref: str) -> Answer:
    """Set the proposed decision aside."""
    name = "triage/disagree"
    return _written(ref, name, "doubt-", lambda text: disagree_with_triage(db(), actor(), ref=ref, why=text))


@pages.post("/appeals/<ref>/verify")
def verify(ref: str) -> Answer:
    """Confirm the appeal from a second source."""
    return _written(ref, "verify", "source-", lambda text: verify_appeal(db(), actor(), ref=ref, source=text))


@pages.post("/appeals/<ref>/question")
def question(ref: str) -> Answer:
    """Ask the workers something."""
    return _written(ref, "question", "question-", lambda text: ask_filer(db(), actor(), ref=ref, text=text))


@pages.post("/appeals/<ref>/news")
def news(ref: str) -> Answer:
    """Send news to the workers."""
    return _written(ref, "news", "news-", lambda text: tell_filer(db(), actor(), ref=ref, text=text))


@pages.post("/appeals/<ref>/reopen")
def reopen(ref: str) -> Answer:
    """Open an ended case again."""
    return _written(ref, "reopen", "again-", lambda text: reopen_appeal(db(), actor(), ref=ref, why=text))


@pages.post("/appeals/<ref>/brake")
def brake(ref: str) -> Answer:
    """Do what the workers said by a second channel: stop everything, go on, allow publication again."""
    form = BrakeForm(prefix="note-")
    return _done(ref, form, lambda: _brake(ref, form), "brake", "consents")


def _brake(ref: str, form: BrakeForm) -> None:
    BRAKES[form.what.data](db(), actor(), ref=ref, how=form.text.data or "")


def _written(ref: str, act: str, prefix: str, do: Callable[[str], object]) -> Answer:
    form = TextForm(prefix=prefix)
    return _done(ref, form, lambda: do(form.text.data or ""), act)


@pages.post("/appeals/<ref>/publication/stop")
def stop(ref: str) -> Answer:
    """Stop publication at once."""
    return _done(ref, PressForm(), lambda: stop_publication(db(), actor(), ref=ref))


@pages.post("/appeals/<ref>/coordinate")
def coordinate(ref: str) -> Answer:
    """Become the person who keeps this case."""
    return _done(ref, PressForm(), lambda: take_coordination(db(), actor(), ref=ref))


@pages.post("/appeals/<ref>/facility")
def facility(ref: str) -> Answer:
    """Say which workplace of the register this is."""
    form = FacilityForm()
    return _done(
        ref, form, lambda: name_facility(db(), actor(), ref=ref, facility=form.facility.data or ""), "facility"
    )


@pages.post("/appeals/<ref>/consent")
def consent(ref: str) -> Answer:
    """Record a yes or a no."""
    form = ConsentForm()
    return _done(ref, form, lambda: _record(ref, form), "consent", "consents")


def _record(ref: str, form: ConsentForm) -> object:
    said = {name: form[name].data or "" for name in ("use", "basis", "giver", "how", "language")}
    granted = form.granted.data == "yes"
    ends = cast("date | None", form.expires_on.data)
    return record_consent(db(), actor(), ref=ref, granted=granted, expires_on=ends, **said)


@pages.post("/appeals/<ref>/consent/<uuid:consent_id>/second")
def second(ref: str, consent_id: uuid.UUID) -> Answer:
    """Stand behind a consent on vital interest as the second person."""
    return _done(ref, PressForm(), lambda: second_consent(db(), actor(), consent_id=consent_id), place="consents")


@pages.post("/appeals/<ref>/consent/withdraw")
def withdraw(ref: str) -> Answer:
    """Take a consent back on the workers' word."""
    use = request.form.get("use", "")
    return _done(ref, PressForm(), lambda: withdraw_consent(db(), actor(), use=use, ref=ref), place="consents")


@pages.post("/appeals/<ref>/evidence")
def give_evidence(ref: str) -> Answer:
    """Add a photo that reached the team by another way."""
    form = EvidenceForm()
    return _done(ref, form, lambda: _keep(ref, form), "evidence", "evidence")


def _keep(ref: str, form: EvidenceForm) -> object:
    kind, caption = EvidenceKind(form.kind.data), form.caption.data or ""
    return add_photo(db(), actor(), ref=ref, data=form.photo.data or b"", kind=kind, caption=caption)


@pages.post("/appeals/<ref>/evidence/<uuid:evidence_id>")
def look(ref: str, evidence_id: uuid.UUID) -> Answer:
    """Look at a piece of evidence; every look is logged, which is why it is no link."""
    form = PressForm()
    if not form.accepts(lambda: open_evidence(db(), actor(), ref=ref, evidence_id=evidence_id)):
        return _show(ref, refused=form)
    return download(form.result, mimetype="image/jpeg", name=f"{ref}.jpg", inline=True)
