"""Two people let a letter go; in between and for ten minutes after, it can be stopped."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from network_app.core import audit, clock, files, outbox
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, GateShut, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.pdf import letter_pdf
from network_app.core.permissions import Actor, Permission, require
from network_app.core.rendering import render
from network_app.letters.messages import plan_letter, tell_of_first_release
from network_app.letters.models import Letter, Release
from network_app.letters.queries import (
    OpenGate,
    address_of,
    answers_for,
    check_releaser,
    conditions,
    dates_of,
    gate_conditions,
    letter_by_ref,
    letters_of,
    mail_key,
    outgoing,
    paper_of,
    standing_release,
)
from network_app.letters.rules.states import TRANSITIONS, LetterState, check_move
from network_app.letters.use_cases.drafting import void_releases


def release_letter(
    session: Session, actor: Actor, *, ref: str, seen: str | None = None, open_gate: OpenGate | None = None
) -> Letter:
    """Release a letter as one of two people of two organisations, neither of them its author (DOMAIN 0 and 5).

    The second release freezes it: what is rendered now is what is sent. `seen` is the hash of the page the person
    read; if the letter is another by now, Conflict. Anything that changed since the first release makes this one the
    first. Raises GateShut for what is not met.
    """
    require(actor, Permission.RELEASE_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    if LetterState.RELEASED_ONCE not in TRANSITIONS[letter.state] and letter.state is not LetterState.RELEASED_ONCE:
        check_move(letter.state, LetterState.RELEASED_ONCE)
    check_releaser(session, actor, letter)
    _check_conditions(session, letter, open_gate)
    first = standing_release(session, letter)
    now_reads = paper_of(session, letter).sha256(address_of(letter))
    if seen is not None and seen != now_reads:
        raise Conflict(lazy("The letter changed while you were reading it. Please read it again, then decide."))
    if first is not None and first.sha256 == now_reads:
        _add_release(session, actor, letter, now_reads)
        _freeze(session, letter, now_reads)
        audit.record(session, actor, "letter frozen", f"letter:{ref}", sha256=letter.pdf_sha256, approved=now_reads)
        return letter
    void_releases(session, letter)
    letter.dated_on, letter.answer_by = dates_of(session, letter)
    approved = paper_of(session, letter).sha256(address_of(letter))
    _add_release(session, actor, letter, approved)
    letter.state = LetterState.RELEASED_ONCE
    audit.record(session, actor, "letter released by one person", f"letter:{ref}", approved=approved)
    signers = {signature.organisation_id for signature in letter.valid_signatures}
    tell_of_first_release(session, letter, signers - {actor.own_organisation()})
    return letter


def _check_conditions(session: Session, letter: Letter, open_gate: OpenGate | None) -> None:
    for condition in [*conditions(session, letter), *gate_conditions(session, letter, open_gate)]:
        if not condition.holds:
            raise GateShut(condition.why)


def _add_release(session: Session, actor: Actor, letter: Letter, sha256: str) -> None:
    release = Release(
        id=new_id(),
        person_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        sha256=sha256,
        released_at=clock.now(session),
    )
    letter.releases.append(release)
    session.flush()


def _freeze(session: Session, letter: Letter, approved: str) -> None:
    check_move(letter.state, LetterState.FROZEN)
    paper = paper_of(session, letter)
    # Safety: rendered once, here. The mailer sends these bytes and never renders a letter.
    letter.paper_sha256 = files.keep(paper.as_bytes())
    letter.text_sha256 = files.keep(paper.as_text().encode())
    letter.html_sha256 = files.keep(render("letters/as_mail.html", letter.language, paper=paper).encode())
    letter.pdf_sha256 = files.keep(letter_pdf(paper))
    letter.approved_sha256 = approved
    letter.sent_subject = paper.subject
    letter.sent_to = address_of(letter) or None
    letter.frozen_at = clock.now(session)
    letter.state = LetterState.FROZEN
    plan_letter(session, letter)


def recall_letter(session: Session, actor: Actor, *, ref: str, reason: str) -> Letter:
    """Take a letter back before it leaves.

    Raises NotAllowed for whoever does not answer for it, Conflict if it left or may have left.
    """
    require(actor, Permission.RELEASE_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    if not answers_for(actor, letter):
        raise NotAllowed()
    _recall(session, actor, letter, reason)
    return letter


def recall_letters_to(
    session: Session,
    actor: Actor,
    *,
    target_id: uuid.UUID,
    campaign_id: uuid.UUID | None = None,
    appeal_id: uuid.UUID | None = None,
    reason: str = "",
) -> list[Letter]:
    """Take back the letters of a matter to a target that agreed, or with which it ended; returns those not yet left."""
    stopped = []
    for found in letters_of(session, campaign_id=campaign_id, appeal_id=appeal_id):
        if target_id not in (found.target_id, found.recipient_id):
            continue
        letter = lock(session, Letter, found.id)
        if LetterState.RECALLED in TRANSITIONS[letter.state] and not _is_leaving(session, letter):
            _recall(session, actor, letter, reason)
            stopped.append(letter)
    return stopped


def _recall(session: Session, actor: Actor, letter: Letter, reason: str) -> None:
    check_move(letter.state, LetterState.RECALLED)
    if _is_leaving(session, letter):
        raise Conflict(lazy("This letter is leaving at this moment. It is too late to take it back."))
    outbox.recall(session, key_prefix=mail_key(letter))
    letter.state = LetterState.RECALLED
    letter.recalled_at = clock.now(session)
    letter.recall_reason = reason
    audit.record(session, actor, "letter recalled", f"letter:{letter.ref}")


def _is_leaving(session: Session, letter: Letter) -> bool:
    row = outgoing(session, letter)
    return row is not None and row.state in (outbox.State.SENDING, outbox.State.SENT, outbox.State.UNCERTAIN)
