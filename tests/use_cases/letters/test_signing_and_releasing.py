"""A letter from draft to frozen: who signs, who releases, and what makes a release fall."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.errors import Conflict, GateShut, NotAllowed
from network_app.core.outbox import Outgoing, State, by_key
from network_app.core.permissions import Actor, Duty
from network_app.letters.models import Letter
from network_app.letters.queries import (
    approval_hash,
    frozen_mail,
    may_send,
    paper_as_it_stands,
    paper_of,
    reply_address,
    verify,
)
from network_app.letters.rules.states import LetterState
from network_app.letters.use_cases.drafting import change_letter, open_signing
from network_app.letters.use_cases.releasing import recall_letter, recall_letters_to, release_letter
from network_app.letters.use_cases.signing import sign_letter, withdraw_signature
from network_app.targets.use_cases.registering import set_contact
from tests.conftest import MovableClock
from tests.factories.letters import (
    SYSTEM,
    Writers,
    make_frozen,
    make_letter,
    make_sent,
    make_target,
    make_writers,
    sign_and_close,
)
from tests.factories.members import make_actor, make_organisation


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


def mail_of(session: Session, letter: Letter) -> Outgoing:
    return by_key(session, [f"letter:{letter.id}:mail"])[0]


def test_a_letter_goes_from_draft_to_frozen(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    assert letter.state is LetterState.SIGNING
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE
    release_letter(session, writers.second, ref=letter.ref)
    assert letter.state is LetterState.FROZEN

    mail = frozen_mail(session, letter.id)
    assert mail.to == letter.recipient.contact_email
    assert mail.subject == f"Wages owed, for {letter.recipient.name}"
    assert "please pay what is owed" in mail.text
    assert "<strong>what is owed</strong>" in mail.html
    assert mail.pdf.startswith(b"%PDF-")
    assert mail.sha256 == hashlib.sha256(mail.pdf).hexdigest() == letter.pdf_sha256
    assert mail.reply_to == reply_address(letter)
    assert mail.from_address == "Test Network <network@network.test>"
    for organisation in (writers.organisations[0], writers.organisations[2]):
        assert organisation.name in mail.text
    assert writers.organisations[1].name not in mail.text
    assert audit.verify(session, "audit") is None


def test_the_mail_waits_ten_minutes_and_carries_its_gate(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    row = mail_of(session, letter)
    assert row.letter and row.gate == f"letter:{letter.id}" and row.template == "letter"
    assert row.not_before - clock.now(session) == timedelta(minutes=10)
    in_danger = make_frozen(session, writers, danger=True)
    assert mail_of(session, in_danger).not_before == clock.now(session)


def test_the_author_never_releases(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    with pytest.raises(Conflict, match="You wrote this letter"):
        release_letter(session, writers.author, ref=letter.ref)
    release_letter(session, writers.first, ref=letter.ref)
    with pytest.raises(Conflict, match="You wrote this letter"):
        release_letter(session, writers.author, ref=letter.ref)


def test_one_person_or_one_organisation_is_not_two(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    colleague = make_actor(session, writers.organisations[1], Duty.COORDINATE)
    for same in (writers.first, colleague):
        with pytest.raises(Conflict, match="another"):
            release_letter(session, same, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE


def test_a_mandate_is_needed_for_each_act(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    voter = make_actor(session, writers.organisations[1], Duty.VOTE)
    with pytest.raises(NotAllowed):
        sign_letter(session, voter, ref=letter.ref)
    with pytest.raises(NotAllowed):
        release_letter(session, voter, ref=letter.ref)
    with pytest.raises(NotAllowed):
        release_letter(session, Actor.nobody(), ref=letter.ref)


def test_the_secretariat_does_not_sign(session: Session, writers: Writers) -> None:
    office = make_organisation(session, secretariat=True)
    letter = make_letter(session, writers)
    with pytest.raises(NotAllowed):
        sign_letter(session, make_actor(session, office, Duty.ACT), ref=letter.ref)


def test_nothing_is_released_while_signing_is_open_or_unsigned(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_letter(session, writers.author, ref=letter.ref)
    with pytest.raises(GateShut, match="can still sign"):
        release_letter(session, writers.first, ref=letter.ref)
    bare = make_letter(session, writers, sign_until=None)
    assert bare.state is LetterState.DRAFT
    with pytest.raises(GateShut, match="No organisation has signed"):
        release_letter(session, writers.first, ref=bare.ref)


def test_signing_ends_at_its_moment(session: Session, writers: Writers, clock: MovableClock) -> None:
    letter = make_letter(session, writers)
    sign_letter(session, writers.author, ref=letter.ref)
    clock.move(timedelta(days=1))
    with pytest.raises(Conflict, match="is over"):
        sign_letter(session, writers.first, ref=letter.ref)
    release_letter(session, writers.first, ref=letter.ref)


def test_who_stood_aside_does_not_sign(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers, stand_aside=[writers.organisations[1].id])
    with pytest.raises(Conflict, match="stood aside"):
        sign_letter(session, writers.first, ref=letter.ref)


def test_signing_twice_is_one_signature(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    assert sign_letter(session, writers.first, ref=letter.ref) is sign_letter(session, writers.first, ref=letter.ref)
    assert len(letter.valid_signatures) == 1


def test_a_change_voids_signatures_and_the_first_release(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    change_letter(session, writers.author, ref=letter.ref, subject="Other", body="Other words.")
    assert letter.state is LetterState.SIGNING
    assert letter.valid_signatures == []
    with pytest.raises(GateShut):
        release_letter(session, writers.second, ref=letter.ref)
    open_signing(session, writers.author, ref=letter.ref, until=clock.now(session) + timedelta(hours=1))
    sign_and_close(session, writers, letter)
    release_letter(session, writers.second, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE


def test_a_signature_taken_back_voids_the_first_release(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    withdraw_signature(session, writers.second, ref=letter.ref)
    release_letter(session, writers.second, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE
    assert writers.organisations[2].name not in paper_of(session, letter).as_text()


def test_another_address_makes_the_second_release_a_first_one(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    set_contact(session, SYSTEM, target_id=letter.recipient_id, email="new@brand.test", language="en", source="a call")
    release_letter(session, writers.second, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE
    release_letter(session, writers.first, ref=letter.ref)
    assert letter.state is LetterState.FROZEN
    assert frozen_mail(session, letter.id).to == "new@brand.test"


def test_a_person_releases_what_they_read(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    with pytest.raises(Conflict, match="while you were reading"):
        release_letter(session, writers.first, ref=letter.ref, seen="0" * 64)
    release_letter(session, writers.first, ref=letter.ref, seen=approval_hash(session, letter))
    release_letter(session, writers.second, ref=letter.ref, seen=approval_hash(session, letter))
    assert letter.state is LetterState.FROZEN


def test_a_first_release_does_not_hold_for_weeks(session: Session, writers: Writers, clock: MovableClock) -> None:
    letter = make_letter(session, writers)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    clock.move(timedelta(days=4))
    release_letter(session, writers.second, ref=letter.ref)
    assert letter.state is LetterState.RELEASED_ONCE
    release_letter(session, writers.first, ref=letter.ref)
    assert letter.state is LetterState.FROZEN


def test_a_shut_gate_stops_the_release_and_says_why(session: Session, writers: Writers) -> None:
    case = uuid4()
    letter = make_letter(session, writers, appeal_id=case)
    sign_and_close(session, writers, letter)
    asked: list[str] = []

    def shut(_session: Session, token: str) -> str | None:
        asked.append(token)
        return "The workers' consent does not hold." if "consent" in token else None

    with pytest.raises(GateShut, match="consent does not hold"):
        release_letter(session, writers.first, ref=letter.ref, open_gate=shut)
    assert set(asked) == {f"appeal:{case}:consent:name_to_target", f"appeal:{case}:verified"}


def test_a_frozen_letter_is_not_changed_signed_or_released_again(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    for act in (
        lambda: change_letter(session, writers.author, ref=letter.ref, subject="x", body="y"),
        lambda: sign_letter(session, writers.first, ref=letter.ref),
        lambda: withdraw_signature(session, writers.second, ref=letter.ref),
        lambda: release_letter(session, writers.first, ref=letter.ref),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_letter_is_taken_back_before_it_leaves_and_not_after(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    recall_letter(session, writers.first, ref=letter.ref, reason="the brand called")
    assert mail_of(session, letter).state is State.RECALLED
    assert str(may_send(session, letter.id)) == "The letter was taken back."
    sent = make_sent(session, writers)
    with pytest.raises(Conflict):
        recall_letter(session, writers.first, ref=sent.ref, reason="too late")
    leaving = make_frozen(session, writers)
    mail_of(session, leaving).state = State.SENDING
    session.flush()
    with pytest.raises(Conflict, match="leaving"):
        recall_letter(session, writers.first, ref=leaving.ref, reason="too late")


def test_who_agreed_gets_no_more_letters(session: Session, writers: Writers) -> None:
    campaign, target, other = uuid4(), make_target(session), make_target(session)
    queued = make_frozen(session, writers, target=target, campaign_id=campaign)
    stays = make_frozen(session, writers, target=other, campaign_id=campaign)
    stopped = recall_letters_to(session, SYSTEM, target_id=target.id, campaign_id=campaign)
    assert stopped == [queued]
    assert mail_of(session, queued).state is State.RECALLED
    assert may_send(session, stays.id) is None


def test_a_changed_address_keeps_a_frozen_letter_back(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    assert may_send(session, letter.id) is None
    set_contact(session, SYSTEM, target_id=letter.recipient_id, email="x@factory.test", language="en", source="?")
    assert "address" in str(may_send(session, letter.id))


def test_the_verify_page_tells_no_more_than_it_must(session: Session, writers: Writers) -> None:
    private = make_frozen(session, writers)
    public = make_frozen(session, writers, step="public", campaign_id=uuid4())
    assert private.pdf_sha256 and public.pdf_sha256
    verdict = verify(session, private.pdf_sha256.upper())
    assert verdict.ours and verdict.target is None and verdict.dated_on == private.dated_on
    assert verify(session, public.pdf_sha256).target == public.recipient.name
    assert not verify(session, hashlib.sha256(b"forged").hexdigest()).ours
    recall_letter(session, writers.first, ref=private.ref, reason="x")
    assert verify(session, private.pdf_sha256).withdrawn


def test_a_frozen_letter_is_shown_as_it_was_sent(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers)
    name = letter.recipient.name
    letter.recipient.name = "Renamed"
    session.flush()
    assert paper_as_it_stands(session, letter).recipient == name
    assert paper_as_it_stands(session, letter).sha256(letter.sent_to or "") == letter.approved_sha256
