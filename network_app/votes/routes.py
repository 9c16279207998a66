"""Votes on the web: read a proposal, say what the organisation says, take the board away and count it again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, request
from markupsafe import Markup

from members.queries import coalition_ids_of, coalitions, countries
from network_app.core import clock
from network_app.core.errors import NotFound
from network_app.core.i18n import country_name, gettext
from network_app.core.permissions import Permission, may, require
from network_app.core.rendering import markdown_to_html
from network_app.pages.answers import Answer, download, page, see_other
from network_app.pages.request import actor, asked_page, db
from network_app.votes import queries, recount
from network_app.votes.forms import CastForm, OpenForm, ProposalForm
from network_app.votes.queries.member_matters import effect, matter_of
from network_app.votes.queries.pages import list_page, vote_page
from network_app.votes.rules import GROUNDS, POSITIONS, State
from network_app.votes.use_cases import Receipt, cast_vote, open_vote, propose
from network_app.votes.use_cases.proposing import NETWORK

pages = Blueprint("votes", __name__)
PER_PAGE = 20


@pages.get("/votes")
def all_votes() -> Answer:
    """List the votes, open ones first."""
    require(actor(), Permission.SEE_NETWORK)
    asked = {"text": request.args.get("text", "")[:100].strip(), "state": request.args.get("state", "")}
    rows = list_page(db(), actor(), **asked)
    last = max(1, -(-len(rows) // PER_PAGE))
    number = min(asked_page(), last)
    return page(
        "votes/all.html",
        rows=rows[(number - 1) * PER_PAGE : number * PER_PAGE],
        total=len(rows),
        number=number,
        last=last,
        asked=asked,
        states=list(State),
        may_propose=may(actor(), Permission.PROPOSE),
        positions=POSITIONS,
    )


@pages.get("/votes/new")
def new() -> Answer:
    """Ask what is proposed."""
    require(actor(), Permission.PROPOSE)
    form = _proposal_form()
    form.subject.data = request.args.get("subject", "")
    return _new(form)


def _new(form: ProposalForm, status: int = 200) -> Answer:
    try:
        follows = effect(db(), form.subject.data)
    except NotFound:
        form.subject.data, follows = "", None
    return page("votes/new.html", status, form=form, follows=follows)


@pages.post("/votes/new")
def write_proposal() -> Answer:
    """Keep a proposal as a draft, to be read once more before it is opened."""
    require(actor(), Permission.PROPOSE)
    form = _proposal_form()
    if form.accepts(lambda: _propose(form)):
        return see_other("votes.show", ref=form.result.ref)
    return _new(form, 422)


def _proposal_form() -> ProposalForm:
    form = ProposalForm()
    own = coalition_ids_of(db(), actor().own_organisation())
    inside = [(f"coalition:{each.id}", each.name) for each in coalitions(db()) if each.id in own]
    form.electorate.choices = [(NETWORK, gettext("the whole network")), *inside]
    form.affected.choices = sorted(((code, country_name(code)) for code in countries(db())), key=lambda c: c[1])
    return form


def _propose(form: ProposalForm) -> Any:
    return propose(
        db(),
        actor(),
        subject=form.subject.data if matter_of(form.subject.data) else None,
        title=form.title.data or "",
        electorate=form.electorate.data or "",
        texts=form.versions(),
        authoritative=form.language.data or "",
        affected_countries=form.affected.data or [],
    )


@pages.get("/votes/<ref>")
def show(ref: str) -> Answer:
    """Show one vote: the text, what my organisation said, how it stands, the board."""
    return _show(ref)


def _show(
    ref: str, *, status: int = 200, cast_form: CastForm | None = None, open_form: OpenForm | None = None
) -> Answer:
    require(actor(), Permission.SEE_NETWORK)
    return page(
        "votes/show.html",
        status,
        vote=vote_page(db(), actor(), ref),
        follows=effect(db(), queries.proposal_by_ref(db(), ref).subject),
        form=cast_form or CastForm(),
        open_form=open_form or OpenForm(),
        positions=POSITIONS,
        markdown=_as_html,
        grounds={ground.value: words for ground, words in GROUNDS.items()},
    )


def _as_html(text: str) -> Markup:
    # Safety: what comes out of markdown_to_html is clean; nothing else may ever be marked so.
    return Markup(markdown_to_html(text))  # noqa: S704  # cleaned in core.markup


@pages.post("/votes/<ref>/open")
def open_proposal(ref: str) -> Answer:
    """Open a draft for everybody on the roll."""
    form = OpenForm()
    if form.accepts(lambda: _open(ref, form)):
        return see_other("votes.show", ref=ref)
    return _show(ref, status=422, open_form=form)


def _open(ref: str, form: OpenForm) -> Any:
    return open_vote(
        db(), actor(), ref=ref, closes_at=clock.now(db()) + timedelta(days=min(int(form.days.data or 0), 1_000))
    )


@pages.post("/votes/<ref>/cast")
def cast(ref: str) -> Answer:
    """Cast or change my organisation's position."""
    form = CastForm()
    if form.accepts(lambda: _cast(ref, form)):
        return see_other("votes.show", ref=ref, _fragment="own")
    return _show(ref, status=422, cast_form=form)


def _cast(ref: str, form: CastForm) -> Receipt:
    return cast_vote(
        db(),
        actor(),
        ref=ref,
        position=form.position.data or "",
        reason=form.reason.data,
        ground=form.ground.data or None,
        via="web",
        source_key=form.source_key(actor().own_person()),
    )


@pages.get("/votes/<ref>/board.json")
def board(ref: str) -> Answer:
    """Hand out the board for a recount elsewhere."""
    require(actor(), Permission.SEE_NETWORK)
    exported = queries.board_export(db(), ref)
    data = json.dumps(exported, ensure_ascii=False, indent=1).encode()
    return download(data, mimetype="application/json", name=f"{exported['ref']}-board.json")


@pages.get("/votes/recount.py")
def script() -> Answer:
    """Hand out the script that counts a board again without us."""
    require(actor(), Permission.SEE_NETWORK)
    return download(Path(recount.__file__).read_bytes(), mimetype="text/x-python", name="recount.py")
