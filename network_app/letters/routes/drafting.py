"""Letters are begun, found and changed here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import request

from network_app.core import clock
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission, may, require
from network_app.letters import queries
from network_app.letters.forms import NewForm, TextForm
from network_app.letters.routes.frame import known_letter, open_gate, pages
from network_app.letters.rules.states import LetterState
from network_app.letters.rules.text import GIVEN, OWN
from network_app.letters.use_cases.drafting import change_letter, draft_letter
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, asked_page, db
from network_app.targets.queries import find_target

MOST_SIGN_DAYS = 60


@pages.get("/letters")
def all_letters() -> Answer:
    """List the letters, newest first."""
    require(actor(), Permission.SEE_NETWORK)
    wanted, number = request.args.get("state", ""), asked_page()
    state = LetterState(wanted) if wanted in set(LetterState) else None
    text = request.args.get("text", "")[:100]
    hidden = queries.hidden_appeals(db(), open_gate())
    letters, total = queries.letters_page(
        db(), hidden=hidden, own=actor().organisation_id, text=text, state=state, page=number
    )
    return page(
        "letters/all.html",
        letters=letters,
        total=total,
        number=number,
        page_count=-(-total // queries.PAGE_SIZE),
        filters={"text": text, "state": state.value if state else ""},
        states=list(LetterState),
        may_draft=may(actor(), Permission.DRAFT_LETTER),
    )


@pages.get("/letters/new")
def new() -> Answer:
    """Begin a letter from a template."""
    require(actor(), Permission.DRAFT_LETTER)
    slug, language = request.args.get("template", "private"), request.args.get("language", "en")
    start = queries.starting_text(slug, language)
    form = NewForm(target=request.args.get("target", ""), subject=start.subject, body=start.body, language=language)
    return page("letters/new.html", form=form, templates=queries.letter_templates(), placeholders=OWN | GIVEN)


@pages.post("/letters/new")
def draft() -> Answer:
    """Keep a new letter and open it for signing."""
    require(actor(), Permission.DRAFT_LETTER)
    form = NewForm()
    if form.accepts(lambda: _draft(form)):
        return see_other("letters.show", ref=form.result.ref)
    return page("letters/new.html", 422, form=form, templates=queries.letter_templates(), placeholders=OWN | GIVEN)


def _draft(form: NewForm) -> Any:
    target = find_target(db(), form.target.data or "")
    if target is None:
        raise Invalid(lazy("We do not know this company or body. Write its name as in the register."), field="target")
    return draft_letter(
        db(),
        actor(),
        target_id=target.id,
        step=form.step.data or "",
        language=form.language.data or "",
        subject=form.subject.data or "",
        body=form.body.data or "",
        days_to_answer=int(form.days_to_answer.data or 0),
        sign_until=_sign_until(form),
        values={"demands": form.demands.data or ""},
        danger=bool(form.danger.data),
    )


@pages.get("/letters/<ref>/change")
def change(ref: str) -> Answer:
    """Change the words of a letter that is still open."""
    require(actor(), Permission.DRAFT_LETTER)
    letter = known_letter(ref)
    form = TextForm(subject=letter.subject, body=letter.body)
    return page("letters/change.html", form=form, letter=letter, placeholders=OWN | GIVEN)


@pages.post("/letters/<ref>/change")
def keep_change(ref: str) -> Answer:
    """Keep the new words; signatures and releases of the old ones fall."""
    letter, form = known_letter(ref), TextForm()
    if form.accepts(lambda: _change(ref, form)):
        return see_other("letters.show", ref=ref)
    return page("letters/change.html", 422, form=form, letter=letter, placeholders=OWN | GIVEN)


def _change(ref: str, form: TextForm) -> Any:
    return change_letter(
        db(),
        actor(),
        ref=ref,
        subject=form.subject.data or "",
        body=form.body.data or "",
        sign_until=_sign_until(form),
    )


def _sign_until(form: TextForm) -> datetime | None:
    days = int(form.sign_days.data or 0)
    if days == 0:
        return None
    if days > MOST_SIGN_DAYS:
        message = lazy("Please give at most %(most)d days for signing.") % {"most": MOST_SIGN_DAYS}
        raise Invalid(message, field="sign_days")
    moment: datetime = clock.now(db()) + timedelta(days=days)
    return moment
