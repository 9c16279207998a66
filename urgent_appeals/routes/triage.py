"""The members' side of a case until it is accepted: the queue, the case page and the acts of its team."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from flask import Blueprint, request

from members.queries import organisations
from network_app.core.permissions import Permission, may, require
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
from urgent_appeals.queries.case_page import CasePage, case_page
from urgent_appeals.queries.queue import Wish, appeal_queue
from urgent_appeals.queries.response import response_values
from urgent_appeals.rules.audiences import Audience, EvidenceKind
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import AWAITING_TRIAGE, ENDED, OUTWARD, Stage
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
# Which form belongs to which offer of _can.
NEEDED_FOR = {
    **{"triage": "triage", "doubt": "confirm", "source": "verify", "question": "ask", "again": "reopen"},
    **dict.fromkeys(("news", "note", "consent", "workplace"), "coordinate"),
}
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


def _show(ref: str, status: int = 200, **refused: Form) -> Answer:
    shown = case_page(db(), actor(), ref)
    values = response_values(db(), actor(), shown.appeal, audience=shown.audience)
    if shown.audience is not Audience.CASE_TEAM:
        return page("urgent_appeals/case_network.html", status, case=shown, **values)
    can = _can(shown)
    forms = _forms(can)
    for name, form in refused.items():
        # A form that is not offered any more has no place on the page; its refusal is said on top.
        forms["press"].problems += [] if name in forms else form.problems
    return page("urgent_appeals/case.html", status, case=shown, can=can, **(values | forms | refused))


def _forms(can: set[str]) -> dict[str, Any]:
    """The forms of those acts that are offered; the others would only cost time."""
    offered: dict[str, Callable[[], Form]] = {
        "triage": lambda: TriageForm(formdata=None).offer(organisations(db())),
        "doubt": lambda: TextForm(formdata=None, prefix="doubt-"),
        "source": lambda: TextForm(formdata=None, prefix="source-"),
        "question": lambda: TextForm(formdata=None, prefix="question-"),
        "again": lambda: TextForm(formdata=None, prefix="again-"),
        "news": lambda: TextForm(formdata=None, prefix="news-"),
        "note": lambda: BrakeForm(formdata=None, prefix="note-"),
        "consent": lambda: ConsentForm(formdata=None),
        "workplace": lambda: FacilityForm(formdata=None),
    }
    forms: dict[str, Any] = {name: make() for name, make in offered.items() if NEEDED_FOR[name] in can}
    return forms | {"press": PressForm(formdata=None), "photo": EvidenceForm(formdata=None)}


def _can(shown: CasePage) -> set[str]:
    """Which acts to offer. The use cases decide; this only spares people a refusal."""
    who, appeal = actor(), shown.appeal
    own = who.organisation_id in (appeal.workers_organisation_id, appeal.filer_organisation_id)
    waits = shown.decision is not None and shown.decision.confirmed_at is None
    second = appeal.clock is Clock.DANGER and appeal.stage in OUTWARD and len(shown.verifications) == 1
    offered = {
        "triage": appeal.stage in AWAITING_TRIAGE and may(who, Permission.TRIAGE_APPEAL) and not own,
        "confirm": waits and appeal.stage is Stage.TRIAGE and may(who, Permission.TRIAGE_APPEAL) and not own,
        "verify": (appeal.stage is Stage.VERIFYING or second) and may(who, Permission.VERIFY_APPEAL) and not own,
        "reopen": appeal.stage in ENDED and may(who, Permission.TRIAGE_APPEAL),
        "coordinate": may(who, Permission.COORDINATE_CASE),
        "ask": may(who, Permission.TRIAGE_APPEAL),
    }
    return {act for act, possible in offered.items() if possible}


def _done(ref: str, form: Form, act: Callable[[], object], name: str, place: str = "") -> Answer:
    """Run one act of the case page: back to the case, or the page again with what was typed."""
    return see_other("appeals.case", place or None, ref=ref) if form.accepts(act) else _show(ref, 422, **{name: form})


@pages.post("/appeals/<ref>/acknowledge")
def take_up(ref: str) -> Answer:
    """Take the appeal in hand."""
    return _done(ref, PressForm(), lambda: acknowledge(db(), actor(), ref=ref), "press")


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
    return _done(ref, PressForm(), lambda: confirm_triage(db(), actor(), ref=ref), "press")


@pages.post("/appeals/<ref>/triage/disagree")
def disagree(ref: str) -> Answer:
    """Set the proposed decision aside."""
    return _written(ref, "doubt", lambda text: disagree_with_triage(db(), actor(), ref=ref, why=text))


@pages.post("/appeals/<ref>/verify")
def verify(ref: str) -> Answer:
    """Confirm the appeal from a second source."""
    return _written(ref, "source", lambda text: verify_appeal(db(), actor(), ref=ref, source=text))


@pages.post("/appeals/<ref>/question")
def question(ref: str) -> Answer:
    """Ask the workers something."""
    return _written(ref, "question", lambda text: ask_filer(db(), actor(), ref=ref, text=text))


@pages.post("/appeals/<ref>/news")
def news(ref: str) -> Answer:
    """Send news to the workers."""
    return _written(ref, "news", lambda text: tell_filer(db(), actor(), ref=ref, text=text))


@pages.post("/appeals/<ref>/reopen")
def reopen(ref: str) -> Answer:
    """Open an ended case again."""
    return _written(ref, "again", lambda text: reopen_appeal(db(), actor(), ref=ref, why=text))


@pages.post("/appeals/<ref>/brake")
def brake(ref: str) -> Answer:
    """Do what the workers said by a second channel: stop everything, go on, allow publication again."""
    form = BrakeForm(prefix="note-")
    return _done(ref, form, lambda: _brake(ref, form), "note", "consents")


def _brake(ref: str, form: BrakeForm) -> None:
    BRAKES[form.what.data](db(), actor(), ref=ref, how=form.text.data or "")


def _written(ref: str, name: str, act: Callable[[str], object]) -> Answer:
    form = TextForm(prefix=f"{name}-")
    return _done(ref, form, lambda: act(form.text.data or ""), name)


@pages.post("/appeals/<ref>/publication/stop")
def stop(ref: str) -> Answer:
    """Stop publication at once."""
    return _done(ref, PressForm(), lambda: stop_publication(db(), actor(), ref=ref), "press")


@pages.post("/appeals/<ref>/coordinate")
def coordinate(ref: str) -> Answer:
    """Become the person who keeps this case."""
    return _done(ref, PressForm(), lambda: take_coordination(db(), actor(), ref=ref), "press")


@pages.post("/appeals/<ref>/facility")
def facility(ref: str) -> Answer:
    """Say which workplace of the register this is."""
    form = FacilityForm()
    return _done(
        ref, form, lambda: name_facility(db(), actor(), ref=ref, facility=form.facility.data or ""), "workplace"
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
    return _done(ref, PressForm(), lambda: second_consent(db(), actor(), consent_id=consent_id), "press", "consents")


@pages.post("/appeals/<ref>/consent/withdraw")
def withdraw(ref: str) -> Answer:
    """Take a consent back on the workers' word."""
    use = request.form.get("use", "")
    return _done(ref, PressForm(), lambda: withdraw_consent(db(), actor(), use=use, ref=ref), "press", "consents")


@pages.post("/appeals/<ref>/evidence")
def give_evidence(ref: str) -> Answer:
    """Add a photo that reached the team by another way."""
    form = EvidenceForm()
    return _done(ref, form, lambda: _keep(ref, form), "photo", "evidence")


def _keep(ref: str, form: EvidenceForm) -> object:
    kind, caption = EvidenceKind(form.kind.data), form.caption.data or ""
    return add_photo(db(), actor(), ref=ref, data=form.photo.data or b"", kind=kind, caption=caption)


@pages.post("/appeals/<ref>/evidence/<uuid:evidence_id>")
def look(ref: str, evidence_id: uuid.UUID) -> Answer:
    """Look at a piece of evidence; every look is logged, which is why it is no link."""
    form = PressForm()
    if not form.accepts(lambda: open_evidence(db(), actor(), ref=ref, evidence_id=evidence_id)):
        return _show(ref, 422, press=form)
    return download(form.result, mimetype="image/jpeg", name=f"{ref}.jpg", inline=True)
