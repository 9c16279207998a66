"""What became of a letter on its way: sent, in doubt, or carried there by hand. In doubt, a person decides."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from network_app.core import audit, clock, outbox
from network_app.core.db import lock
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_line, clean_text
from network_app.letters.messages import tell_of_doubt
from network_app.letters.models import Letter
from network_app.letters.queries import answers_for, get_letter, letter_by_ref, letters_on_their_way, outgoing
from network_app.letters.rules.deadlines import answer_by, deadline
from network_app.letters.rules.states import LetterState, check_move


def mark_letter_sent(session: Session, *, letter_id: uuid.UUID | str) -> Letter:
    """The mail server took the letter: from now on the target's time runs. Saying it twice changes nothing."""
    letter = lock(session, Letter, get_letter(session, letter_id).id)
    if letter.state is LetterState.FROZEN:
        _sent(session, Actor.system(), letter)
    return letter


def mark_letter_uncertain(session: Session, *, letter_id: uuid.UUID | str) -> Letter:
    """Nobody knows whether the letter arrived: it is held, and its author's organisation is told (SAFETY R11)."""
    letter = lock(session, Letter, get_letter(session, letter_id).id)
    if letter.state is LetterState.FROZEN:
        letter.state = LetterState.UNCERTAIN
        audit.record(session, Actor.system(), "letter uncertain", f"letter:{letter.ref}")
        tell_of_doubt(session, letter)
    return letter


def resolve_uncertain(session: Session, actor: Actor, *, ref: str, arrived: bool, how_known: str) -> Letter:
    """A person found out whether a letter arrived: it counts as sent, or it is sent again, once.

    Raises NotAllowed for whoever does not answer for it, Conflict for a letter that is not in doubt, Invalid without a
    word on how it is known.
    """
    letter = _answered_for(session, actor, ref)
    clean_text(how_known, "how_known", longest=1000)
    if letter.state is not LetterState.UNCERTAIN:
        raise Conflict(lazy("There is no doubt about this letter."))
    row = outgoing(session, letter)
    if arrived:
        _sent(session, actor, letter)
    if arrived and row is not None:
        outbox.mark_arrived(session, row.id)
    elif row is not None:
        letter.state = LetterState.FROZEN
        outbox.resend(session, row.id)
    # The reason may hold a name, so the audit says only that a person decided.
    audit.record(session, actor, "letter doubt resolved", f"letter:{letter.ref}", arrived=arrived)
    return letter


def record_sent_by_hand(session: Session, actor: Actor, *, ref: str, proof: str) -> Letter:
    """A frozen letter to a target without a mail address was carried there by a person, who says what proves it."""
    letter = _answered_for(session, actor, ref)
    if letter.sent_to is not None:
        raise Conflict(lazy("This letter is sent by mail."))
    if letter.state is not LetterState.FROZEN:
        check_move(letter.state, LetterState.SENT)
    words = clean_line(proof, "proof", longest=500)
    if len(words) < 10:
        raise Invalid(
            lazy("Please write what proves it: a confirmation number, a receipt, who took it."), field="proof"
        )
    letter.sent_by_hand = words
    _sent(session, actor, letter)
    return letter


def _answered_for(session: Session, actor: Actor, ref: str) -> Letter:
    require(actor, Permission.RELEASE_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    if not answers_for(actor, letter):
        raise NotAllowed()
    return letter


def follow_sending(session: Session) -> None:
    """Bring each letter on its way to where its mail is by now, whoever stopped in between."""
    for letter in letters_on_their_way(session):
        row = outgoing(session, letter)
        if row is None:
            continue
        if row.state is outbox.State.SENT:
            mark_letter_sent(session, letter_id=letter.id)
        elif row.state in (outbox.State.UNCERTAIN, outbox.State.FAILED):
            mark_letter_uncertain(session, letter_id=letter.id)


def _sent(session: Session, actor: Actor, letter: Letter) -> None:
    check_move(letter.state, LetterState.SENT)
    now = clock.now(session)
    country = letter.recipient.home_country
    last_day = answer_by(now.date(), letter.days_to_answer, country=country, danger=letter.danger)
    letter.sent_at = now
    # A letter that was held for days does not take those days from the target.
    letter.deadline_at = deadline(max(last_day, letter.answer_by or last_day))
    letter.state = LetterState.SENT
    audit.record(session, actor, "letter sent", f"letter:{letter.ref}", sha256=letter.pdf_sha256)
