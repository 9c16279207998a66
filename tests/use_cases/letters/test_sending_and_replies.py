"""A letter from frozen to answered, or to a silence that a person confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.outbox import Channel, Outgoing, State, by_key, claim, mark_sent
from network_app.core.permissions import Duty
from network_app.letters.models import Letter, Reply
from network_app.letters.queries import (
    frozen_mail,
    may_send,
    reply_address,
    silence_confirmed,
)
from network_app.letters.rules.replies import ReplyClass, ReplyKind
from network_app.letters.rules.states import LetterState
from network_app.letters.use_cases.releasing import release_letter
from network_app.letters.use_cases.replies import (
    class_reply,
    confirm_mailbox_checked,
    pass_deadlines,
    receive_reply,
)
from network_app.letters.use_cases.sending import (
    follow_sending,
    mark_letter_sent,
    mark_letter_uncertain,
    record_sent_by_hand,
    resolve_uncertain,
)
from tests.conftest import MovableClock
from tests.factories.letters import (
    Writers,
    make_frozen,
    make_letter,
    make_reply,
    make_sent,
    make_target,
    make_writers,
    sign_and_close,
)
from tests.factories.members import make_actor


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


def mail_of(session: Session, letter: Letter) -> Outgoing:
    return by_key(session, [f"letter:{letter.id}:mail"])[0]


def told(session: Session, template: str) -> int:
    return len(session.scalars(select(Outgoing).where(Outgoing.template == template)).all())


def test_sent_once_however_often_it_is_said(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    mark_letter_sent(session, letter_id=str(letter.id))
    first = letter.sent_at
    mark_letter_sent(session, letter_id=letter.id)
    mark_letter_uncertain(session, letter_id=letter.id)
    assert letter.state is LetterState.SENT and letter.sent_at == first
    assert letter.deadline_at and letter.deadline_at > clock.now(session) + timedelta(days=13)
    assert "sent" in str(may_send(session, letter.id))


def test_a_letter_in_doubt_is_held_and_a_person_decides(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    row = mail_of(session, letter)
    row.state = State.UNCERTAIN
    mark_letter_uncertain(session, letter_id=letter.id)
    assert letter.state is LetterState.UNCERTAIN
    assert may_send(session, letter.id) is not None
    assert told(session, "letter_uncertain") == 2
    with pytest.raises(Invalid):
        resolve_uncertain(session, writers.first, ref=letter.ref, arrived=True, how_known="")
    resolve_uncertain(session, writers.first, ref=letter.ref, arrived=True, how_known="Ms Smith confirmed by phone")
    session.refresh(row)
    assert letter.state is LetterState.SENT and row.state is State.SENT
    with pytest.raises(Conflict):
        resolve_uncertain(session, writers.first, ref=letter.ref, arrived=False, how_known="again")


def test_a_letter_that_did_not_arrive_is_sent_again_once(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    row = mail_of(session, letter)
    row.state, before = State.UNCERTAIN, row.id
    session.flush()
    follow_sending(session)
    assert letter.state is LetterState.UNCERTAIN
    resolve_uncertain(session, writers.second, ref=letter.ref, arrived=False, how_known="the server's log")
    session.expire_all()
    again = mail_of(session, letter)
    assert again.id == before and again.state is State.PLANNED
    assert letter.state is LetterState.FROZEN and may_send(session, letter.id) is None


def test_a_sender_that_died_leaves_a_letter_in_doubt_not_a_second_one(
    session: Session, writers: Writers, clock: MovableClock
) -> None:
    letter = make_frozen(session, writers)
    clock.move(timedelta(minutes=11))
    taken = claim(session, Channel.MAIL, by="one", limit=50, lease=timedelta(minutes=5))
    assert mail_of(session, letter) in taken
    clock.move(timedelta(minutes=6))
    again = claim(session, Channel.MAIL, by="two", limit=50, lease=timedelta(minutes=5))
    assert letter.id not in {row.values.get("letter_id") for row in again if row.letter}
    session.expire_all()
    follow_sending(session)
    assert letter.state is LetterState.UNCERTAIN


def test_a_letter_whose_mailer_died_after_sending_is_marked_sent(
    session: Session, writers: Writers, clock: MovableClock
) -> None:
    letter = make_frozen(session, writers)
    clock.move(timedelta(minutes=11))
    claim(session, Channel.MAIL, by="one", limit=50, lease=timedelta(minutes=5))
    mark_sent(session, mail_of(session, letter).id, by="one")
    session.expire_all()
    follow_sending(session)
    assert letter.state is LetterState.SENT


def test_a_target_without_an_address_is_written_to_by_hand_with_proof(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers, target=make_target(session, email=None))
    assert by_key(session, [f"letter:{letter.id}:mail"]) == []
    assert frozen_mail(session, letter.id).to == ""
    with pytest.raises(Invalid) as refused:
        record_sent_by_hand(session, writers.first, ref=letter.ref, proof="yes")
    assert refused.value.field == "proof"
    record_sent_by_hand(session, writers.first, ref=letter.ref, proof="web form, confirmation number 4711")
    assert letter.state is LetterState.SENT
    with pytest.raises(Conflict):
        record_sent_by_hand(session, writers.first, ref=make_frozen(session, writers).ref, proof="by hand, surely")


def test_a_reply_finds_its_letter_and_is_classed(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    reply = make_reply(session, letter, text="We pay.")
    assert reply.letter is letter and reply.kind is ReplyKind.ANSWER and reply.text == "We pay."
    assert told(session, "letter_replied") == 2
    class_reply(session, writers.author, reply_id=reply.id, klass="partial", note="no date")
    assert letter.state is LetterState.ANSWERED and letter.outcome is ReplyClass.PARTIAL
    class_reply(session, writers.author, reply_id=reply.id, klass="substantive")
    assert letter.outcome is ReplyClass.SUBSTANTIVE


def test_the_same_mail_twice_is_one_reply(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    first = make_reply(session, letter, message_id="<same@brand.test>")
    assert make_reply(session, letter, message_id="<same@brand.test>") is first
    unnamed = make_reply(session, letter, message_id="", text="a")
    assert make_reply(session, letter, message_id="", text="a") is unnamed
    assert make_reply(session, letter, message_id="", text="b") is not unnamed


def test_a_mail_to_another_address_is_no_reply(session: Session, writers: Writers) -> None:
    make_sent(session, writers)
    mail = {"from_address": "a@b.test", "subject": "", "text": "", "message_id": "<1@b>"}
    for address in ("network@network.test", "letter+unknown@network.test", "", "letter+@network.test", "x"):
        assert receive_reply(session, to_address=address, received_at=clock.now(session), **mail) is None


def test_the_address_is_found_in_any_case_and_brackets(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    assert make_reply(session, letter, to_address=f"<{reply_address(letter).upper()}>").letter is letter


def test_bounces_and_absences_are_no_answers(session: Session, writers: Writers, clock: MovableClock) -> None:
    letter = make_sent(session, writers)
    bounce = make_reply(session, letter, content_type="multipart/report", sender_path="<>")
    away = make_reply(session, letter, auto_submitted="auto-replied")
    assert (bounce.kind, away.kind) == (ReplyKind.BOUNCE, ReplyKind.ABSENCE)
    assert (told(session, "letter_bounced"), told(session, "letter_replied")) == (2, 0)
    with pytest.raises(Conflict, match="machine"):
        class_reply(session, writers.author, reply_id=away.id, klass="partial")
    clock.move(timedelta(days=30))
    confirm_mailbox_checked(session, writers.author, ref=letter.ref)


def test_what_a_reply_says_is_sealed_and_harmless(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    reply = make_reply(
        session, letter, text="canary\x00 \u202egnorw\r\nnext", subject="canary", from_address="canary@b"
    )
    assert reply.text == "canary gnorw\nnext"
    row = session.connection().exec_driver_sql("SELECT * FROM letter_reply").mappings().one()
    stored = b" ".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row.values())
    assert b"canary" not in stored


def test_silence_counts_only_after_the_deadline_and_a_persons_look(
    session: Session, writers: Writers, clock: MovableClock
) -> None:
    letter = make_sent(session, writers)
    with pytest.raises(Conflict, match="still has time"):
        confirm_mailbox_checked(session, writers.author, ref=letter.ref)
    clock.move(timedelta(days=20))
    pass_deadlines(session)
    pass_deadlines(session)
    assert letter.state is LetterState.DEADLINE_PASSED and not silence_confirmed(letter)
    assert told(session, "letter_deadline") == 2
    with pytest.raises(NotAllowed):
        confirm_mailbox_checked(session, make_actor(session, writers.organisations[0], Duty.VOTE), ref=letter.ref)
    confirm_mailbox_checked(session, writers.author, ref=letter.ref)
    assert silence_confirmed(letter)
    assert letter.mailbox_checked_by_id == writers.author.person_id
    assert letter.outcome is ReplyClass.NONE_BY_DEADLINE


def test_an_unread_answer_keeps_the_mailbox_from_being_empty(
    session: Session, writers: Writers, clock: MovableClock
) -> None:
    letter = make_sent(session, writers)
    reply = make_reply(session, letter)
    clock.move(timedelta(days=20))
    with pytest.raises(Conflict, match="nobody has classed"):
        confirm_mailbox_checked(session, writers.author, ref=letter.ref)
    class_reply(session, writers.author, reply_id=reply.id, klass="tangential")
    with pytest.raises(Conflict, match="was answered"):
        confirm_mailbox_checked(session, writers.author, ref=letter.ref)


def test_an_answer_after_the_deadline_still_counts(session: Session, writers: Writers, clock: MovableClock) -> None:
    letter = make_sent(session, writers)
    clock.move(timedelta(days=20))
    confirm_mailbox_checked(session, writers.author, ref=letter.ref)
    class_reply(session, writers.author, reply_id=make_reply(session, letter).id, klass="denies_link")
    assert letter.state is LetterState.ANSWERED and not silence_confirmed(letter)


def test_silence_is_not_given_as_a_class(session: Session, writers: Writers) -> None:
    reply = make_reply(session, make_sent(session, writers))
    for klass in ("none_by_deadline", "nice", ""):
        with pytest.raises(Invalid) as refused:
            class_reply(session, writers.author, reply_id=reply.id, klass=klass)
        assert refused.value.field == "klass"


def test_a_reminder_waits_for_the_confirmed_silence(session: Session, writers: Writers, clock: MovableClock) -> None:
    target = make_target(session)
    letter = make_sent(session, writers, target=target)
    words = "Letter {{earlier_letter}} of {{earlier_date}}"
    reminder = make_letter(session, writers, target=target, step="reminder", subject=words)
    assert reminder.follows is letter
    sign_and_close(session, writers, reminder)
    with pytest.raises(GateShut, match="mailbox"):
        release_letter(session, writers.first, ref=reminder.ref)
    clock.move(timedelta(days=20))
    confirm_mailbox_checked(session, writers.author, ref=letter.ref)
    release_letter(session, writers.first, ref=reminder.ref)
    release_letter(session, writers.second, ref=reminder.ref)
    assert letter.ref in frozen_mail(session, reminder.id).subject
    assert may_send(session, reminder.id) is None
    class_reply(session, writers.author, reply_id=make_reply(session, letter).id, klass="substantive")
    assert "answered meanwhile" in str(may_send(session, reminder.id))


def test_replies_of_one_letter_stay_with_it(session: Session, writers: Writers) -> None:
    one, two = make_sent(session, writers), make_sent(session, writers)
    make_reply(session, one, message_id="<x@b>")
    make_reply(session, two, message_id="<x@b>")
    assert len(session.scalars(select(Reply)).all()) == 2
