"""One letter: read as its target will, signed, released, taken back, and what came back to it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from flask import request

from network_app.core.errors import NotFound
from network_app.letters import queries
from network_app.letters.forms import ClassForm, ContactForm, ProofForm, ReasonForm, ResolveForm
from network_app.letters.routes.frame import known_letter, open_gate, pages
from network_app.letters.use_cases.contacts import record_contact
from network_app.letters.use_cases.releasing import recall_letter, release_letter
from network_app.letters.use_cases.replies import class_reply, confirm_mailbox_checked
from network_app.letters.use_cases.sending import record_sent_by_hand, resolve_uncertain
from network_app.letters.use_cases.signing import close_signing, sign_letter, withdraw_signature
from network_app.pages.answers import Answer, download, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/letters/<ref>")
def show(ref: str) -> Answer:
    """Show a letter as its reader gets it, and what still keeps it from leaving."""
    return _show(ref)


def _show(ref: str, status: int = 200, *, reply_id: uuid.UUID | None = None, **refused: Form) -> Answer:
    letter = known_letter(ref)
    reply = _reply_to_class(letter, reply_id or request.args.get("class", type=uuid.UUID))
    forms: dict[str, Form] = {
        "reason_form": ReasonForm(),
        "resolve_form": ResolveForm(),
        "proof_form": ProofForm(),
        "contact_form": ContactForm(prefix="contact-"),
        "class_form": ClassForm(klass=reply.klass, note=reply.note) if reply else ClassForm(),
    }
    return page(
        "letters/show.html",
        status,
        view=queries.letter_page(db(), actor(), letter, open_gate()),
        to_class=reply.id if reply else None,
        rate=queries.answer_rate(db(), target_id=letter.recipient_id),
        **(forms | refused),
    )


def _reply_to_class(letter: Any, wanted: uuid.UUID | None) -> Any:
    """The answer whose form is open: the one that was chosen, else the first that nobody has read."""
    chosen = next((reply for reply in queries.answers(letter) if reply.id == wanted), None)
    return chosen or next(iter(queries.unread_answers(letter)), None)


@pages.post("/letters/<ref>/sign")
def sign(ref: str) -> Answer:
    """Put my organisation's name under the letter."""
    sign_letter(db(), actor(), ref=known_letter(ref).ref)
    return see_other("letters.show", ref=ref)


@pages.post("/letters/<ref>/withdraw")
def withdraw(ref: str) -> Answer:
    """Take my organisation's name back."""
    withdraw_signature(db(), actor(), ref=known_letter(ref).ref)
    return see_other("letters.show", ref=ref)


@pages.post("/letters/<ref>/close-signing")
def end_signing(ref: str) -> Answer:
    """End the time for signing now."""
    close_signing(db(), actor(), ref=known_letter(ref).ref)
    return see_other("letters.show", ref=ref)


@pages.post("/letters/<ref>/release")
def release(ref: str) -> Answer:
    """Release the letter that I read on this page, as one of two people."""
    seen = request.form.get("seen", "")
    release_letter(db(), actor(), ref=known_letter(ref).ref, seen=seen, open_gate=open_gate())
    return see_other("letters.show", ref=ref)


@pages.post("/letters/<ref>/recall")
def recall(ref: str) -> Answer:
    """Take a letter back before it leaves."""
    letter, form = known_letter(ref), ReasonForm()
    if form.accepts(lambda: recall_letter(db(), actor(), ref=letter.ref, reason=form.reason.data or "")):
        return see_other("letters.show", ref=ref)
    return _show(ref, 422, reason_form=form)


@pages.post("/letters/<ref>/resolve")
def resolve(ref: str) -> Answer:
    """Say whether a letter in doubt arrived."""
    letter, form = known_letter(ref), ResolveForm()
    if form.accepts(
        lambda: resolve_uncertain(
            db(),
            actor(),
            ref=letter.ref,
            arrived=form.arrived.data == "yes",
            how_known=form.how_known.data or "",
        )
    ):
        return see_other("letters.show", ref=ref)
    return _show(ref, 422, resolve_form=form)


@pages.post("/letters/<ref>/by-hand")
def by_hand(ref: str) -> Answer:
    """Record that a person carried the letter to its target."""
    letter, form = known_letter(ref), ProofForm()
    if form.accepts(lambda: record_sent_by_hand(db(), actor(), ref=letter.ref, proof=form.proof.data or "")):
        return see_other("letters.show", ref=ref)
    return _show(ref, 422, proof_form=form)


@pages.post("/letters/<ref>/replies/<uuid:reply_id>")
def judge(ref: str, reply_id: uuid.UUID) -> Answer:
    """Say what an answer is worth."""
    letter, form = known_letter(ref), ClassForm()
    if reply_id not in {reply.id for reply in letter.replies}:
        raise NotFound()
    if form.accepts(
        lambda: class_reply(db(), actor(), reply_id=reply_id, klass=form.klass.data or "", note=form.note.data or "")
    ):
        return see_other("letters.show", ref=ref, _fragment="replies")
    return _show(ref, 422, reply_id=reply_id, class_form=form)


@pages.post("/letters/<ref>/mailbox")
def mailbox(ref: str) -> Answer:
    """Confirm with my name that the mailbox holds no answer."""
    confirm_mailbox_checked(db(), actor(), ref=known_letter(ref).ref)
    return see_other("letters.show", ref=ref, _fragment="replies")


@pages.post("/letters/<ref>/contacts")
def contact(ref: str) -> Answer:
    """Log a call or a meeting about this letter."""
    letter, form = known_letter(ref), ContactForm(prefix="contact-")
    if form.accepts(lambda: _record(letter.ref, form)):
        return see_other("letters.show", ref=ref, _fragment="replies")
    return _show(ref, 422, contact_form=form)


def _record(ref: str, form: ContactForm) -> Any:
    return record_contact(
        db(),
        actor(),
        letter_ref=ref,
        kind=form.kind.data or "",
        happened_on=cast(date, form.happened_on.data),
        with_whom=form.with_whom.data or "",
        summary=form.summary.data or "",
        klass=form.klass.data or None,
    )


@pages.get("/letters/<ref>/letter.<kind>")
def take_away(ref: str, kind: str) -> Answer:
    """Take the frozen text, HTML or PDF away: the very bytes that are sent."""
    letter = known_letter(ref)
    if kind not in queries.TYPES:
        raise NotFound()
    return download(queries.frozen_file(letter, kind), mimetype=queries.TYPES[kind], name=f"{letter.ref}.{kind}")
