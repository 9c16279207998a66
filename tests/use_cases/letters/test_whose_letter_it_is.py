"""Who may stop a letter and who may say what its answer is worth: those whose letter it is, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from network_app.core import clock as core_clock
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Actor, Duty
from network_app.letters.rules.states import LetterState
from network_app.letters.use_cases.contacts import record_contact
from network_app.letters.use_cases.releasing import recall_letter
from network_app.letters.use_cases.replies import class_reply, confirm_mailbox_checked
from network_app.letters.use_cases.sending import mark_letter_uncertain, record_sent_by_hand, resolve_uncertain
from network_app.letters.use_cases.signing import sign_letter
from tests.conftest import MovableClock
from tests.factories.letters import (
    Writers,
    make_frozen,
    make_letter,
    make_reply,
    make_sent,
    make_target,
    make_writers,
)
from tests.factories.members import make_actor, make_organisation


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


@pytest.fixture
def outsider(session: Session) -> Actor:
    return make_actor(session, make_organisation(session), Duty.ACT, Duty.COORDINATE)


def test_only_who_wrote_or_released_a_letter_takes_it_back(session: Session, writers: Writers, outsider: Actor) -> None:
    letter = make_letter(session, writers)
    sign_letter(session, outsider, ref=letter.ref)
    for somebody in (outsider, writers.first):
        with pytest.raises(NotAllowed):
            recall_letter(session, somebody, ref=letter.ref, reason="not ours")
    recall_letter(session, writers.author, ref=letter.ref, reason="a mistake")
    frozen = make_frozen(session, writers)
    recall_letter(session, writers.second, ref=frozen.ref, reason="they called")
    assert (letter.state, frozen.state) == (LetterState.RECALLED, LetterState.RECALLED)


def test_only_who_wrote_or_released_a_letter_says_whether_it_arrived(
    session: Session, writers: Writers, outsider: Actor
) -> None:
    doubtful = mark_letter_uncertain(session, letter_id=make_frozen(session, writers).id)
    by_hand = make_frozen(session, writers, target=make_target(session, email=None))
    with pytest.raises(NotAllowed):
        resolve_uncertain(session, outsider, ref=doubtful.ref, arrived=True, how_known="a call")
    with pytest.raises(NotAllowed):
        record_sent_by_hand(session, outsider, ref=by_hand.ref, proof="web form, confirmation 4711")
    resolve_uncertain(session, writers.first, ref=doubtful.ref, arrived=True, how_known="a call")
    record_sent_by_hand(session, writers.author, ref=by_hand.ref, proof="web form, confirmation 4711")
    assert (doubtful.state, by_hand.state) == (LetterState.SENT, LetterState.SENT)


def test_only_its_senders_class_an_answer_or_confirm_a_silence_and_every_member_logs_a_call(
    session: Session, clock: MovableClock, writers: Writers, outsider: Actor
) -> None:
    answered, silent = make_sent(session, writers), make_sent(session, writers)
    reply, today = make_reply(session, answered), core_clock.now(session).date()
    call = {"kind": "call", "happened_on": today, "summary": "They pay.", "letter_ref": answered.ref}
    with pytest.raises(NotAllowed):
        class_reply(session, outsider, reply_id=reply.id, klass="substantive")
    with pytest.raises(NotAllowed):
        record_contact(session, outsider, **call, klass="substantive")  # type: ignore[arg-type]  # plain values
    record_contact(session, outsider, **call)  # type: ignore[arg-type]  # plain values
    assert answered.outcome is None
    class_reply(session, writers.second, reply_id=reply.id, klass="partial")
    clock.move(timedelta(days=30))
    with pytest.raises(NotAllowed):
        confirm_mailbox_checked(session, outsider, ref=silent.ref)
    confirm_mailbox_checked(session, writers.first, ref=silent.ref)


def test_who_signed_a_letter_judges_its_answer_but_does_not_take_it_back(
    session: Session, writers: Writers, outsider: Actor
) -> None:
    letter = make_letter(session, writers)
    sign_letter(session, outsider, ref=letter.ref)
    with pytest.raises(NotAllowed):
        recall_letter(session, outsider, ref=letter.ref, reason="not ours")
    reply = make_reply(session, letter)
    assert class_reply(session, outsider, reply_id=reply.id, klass="partial").klass is not None
