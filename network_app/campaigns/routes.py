"""Campaigns on the web: propose one, follow it, take the next step of its ladder."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Blueprint

from members.queries import coalition_ids_of, coalitions
from network_app.campaigns import queries
from network_app.campaigns.forms import TEMPLATE_OF_STEP, EndForm, LetterForm, ProposalForm, TalksForm
from network_app.campaigns.rules import Change, End
from network_app.campaigns.use_cases.ladder import draft_next_letter, end_ladder, pause_for_talks
from network_app.campaigns.use_cases.proposing import propose_campaign
from network_app.core import clock
from network_app.core.errors import Invalid, NotAllowed
from network_app.core.i18n import current_language, gettext, lazy
from network_app.core.permissions import Permission, may, require
from network_app.letters.queries import Sample, letters_of, starting_text
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, db
from network_app.targets.queries import find_target
from urgent_appeals.queries.case import case_audience

pages = Blueprint("campaigns", __name__)


@pages.get("/campaigns")
def all_campaigns() -> Answer:
    """List the campaigns."""
    require(actor(), Permission.SEE_NETWORK)
    return page("campaigns/all.html", campaigns=queries.campaigns(db()), may_propose=may(actor(), Permission.PROPOSE))


@pages.get("/campaigns/new")
def new() -> Answer:
    """Ask what the campaign is."""
    require(actor(), Permission.PROPOSE)
    return page("campaigns/new.html", form=_proposal_form())


@pages.post("/campaigns/new")
def propose() -> Answer:
    """Put a campaign to the vote."""
    require(actor(), Permission.PROPOSE)
    form = _proposal_form()
    if form.accepts(lambda: _propose(form)):
        return see_other("votes.show", ref=form.result.proposal.ref)
    return page("campaigns/new.html", 422, form=form)


def _proposal_form() -> ProposalForm:
    form = ProposalForm()
    own = coalition_ids_of(db(), actor().own_organisation())
    form.electorate.choices = [
        ("network", gettext("the whole network")),
        *((f"coalition:{each.id}", each.name) for each in coalitions(db()) if each.id in own),
    ]
    return form


def _propose(form: ProposalForm) -> Any:
    language = current_language()
    return propose_campaign(
        db(),
        actor(),
        title=form.title.data or "",
        texts={language: form.summary.data or ""},
        authoritative=language,
        electorate=form.electorate.data or "",
        target_ids=[_target(name) for name in (form.targets.data or "").split("\n") if name.strip()],
        demands=[(Change(form.change.data), form.demand.data or "")],
        appeal_refs=[ref for ref in (form.cases.data or "").replace(",", " ").split() if ref],
        closes_at=clock.now(db()) + timedelta(days=form.days.data or 0),
    )


def _target(name: str) -> uuid.UUID:
    found = find_target(db(), name)
    if found is None:
        message = lazy("We know no company called “%(name)s”. Look it up under Brands, or add it there.")
        raise Invalid(message % {"name": name.strip()}, field="targets")
    return found.id


@pages.get("/campaigns/<ref>")
def show(ref: str) -> Answer:
    """Show a campaign: what was decided, where each target stands, and what comes next."""
    require(actor(), Permission.SEE_NETWORK)
    return _campaign(ref)


def _campaign(ref: str, status: int = 200, **forms: Any) -> Answer:
    campaign = queries.campaign_by_ref(db(), ref)
    rungs = queries.rungs(db(), campaign)
    return page(
        "campaigns/show.html",
        status,
        campaign=campaign,
        rungs=rungs,
        letters=letters_of(db(), campaign_id=campaign.id),
        cases=[case.appeal for case in campaign.appeals if case_audience(db(), actor(), case.appeal) is not None],
        may_write=queries.may_work_on(db(), actor(), campaign),
        may_steer=queries.may_steer(actor(), campaign),
        talks=forms.get("talks") or TalksForm(),
        end=forms.get("end") or EndForm(),
        refused=forms.get("refused"),
    )


@pages.get("/campaigns/<ref>/targets/<uuid:target_id>/letter")
def write(ref: str, target_id: uuid.UUID) -> Answer:
    """Begin the next letter to one target, from its template."""
    here, form = _rung(ref, target_id), LetterForm()
    if not queries.may_work_on(db(), actor(), here.row.campaign):
        raise NotAllowed()
    start = _start(here)
    if start is not None:
        form.subject.data, form.body.data = start.subject, start.body
    return page("campaigns/letter.html", form=form, campaign=here.row.campaign, rung=here)


@pages.post("/campaigns/<ref>/targets/<uuid:target_id>/letter")
def draft(ref: str, target_id: uuid.UUID) -> Answer:
    """Draft the next letter and open it for signing."""
    form = LetterForm()
    if form.accepts(lambda: _draft(form, ref, target_id)):
        return see_other("letters.show", ref=form.result.ref)
    here = _rung(ref, target_id)
    return page("campaigns/letter.html", 422, form=form, campaign=here.row.campaign, rung=here)


def _draft(form: LetterForm, ref: str, target_id: uuid.UUID) -> Any:
    start = _start(_rung(ref, target_id))
    return draft_next_letter(
        db(),
        actor(),
        ref=ref,
        target_id=target_id,
        subject=form.subject.data or "",
        body=form.body.data or "",
        days_to_answer=form.days_to_answer.data or 0,
        sign_until=clock.now(db()) + timedelta(days=form.sign_days.data or 0),
        language=start.language if start else None,
    )


def _rung(ref: str, target_id: uuid.UUID) -> queries.Rung:
    campaign = queries.campaign_by_ref(db(), ref)
    return queries.rung(db(), campaign, queries.campaign_target(db(), campaign, target_id))


def _start(here: queries.Rung) -> Sample | None:
    """The template's text in the target's language, or in English where it has none."""
    if here.step is None:
        return None
    return starting_text(TEMPLATE_OF_STEP[here.step], here.row.target.contact_language)


@pages.post("/campaigns/<ref>/targets/<uuid:target_id>/talks")
def talks(ref: str, target_id: uuid.UUID) -> Answer:
    """Rest the ladder while people talk."""
    form = TalksForm()
    if form.accepts(lambda: pause_for_talks(db(), actor(), ref=ref, target_id=target_id, until=form.until.data)):
        return see_other("campaigns.show", ref=ref)
    return _campaign(ref, 422, talks=form, refused=target_id)


@pages.post("/campaigns/<ref>/targets/<uuid:target_id>/end")
def finish(ref: str, target_id: uuid.UUID) -> Answer:
    """Take a target off the ladder."""
    form = EndForm()
    if form.accepts(lambda: end_ladder(db(), actor(), ref=ref, target_id=target_id, end=End(form.end.data))):
        return see_other("campaigns.show", ref=ref)
    return _campaign(ref, 422, end=form, refused=target_id)
