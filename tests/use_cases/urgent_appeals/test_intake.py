"""Filing, the receipt, and what the filer does afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import audit
from network_app.core.errors import Invalid, NotAllowed, NotFound, TooMany
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.factories.members import make_actor, make_organisation
from tests.factories.urgent_appeals import a_photo, make_appeal, make_filed, make_region
from urgent_appeals.models import Appeal, AppealReceipt
from urgent_appeals.queries.case import consent_holds
from urgent_appeals.queries.filer import filer_view
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.receipts import in_groups
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.evidence import add_photo
from urgent_appeals.use_cases.receipts import open_receipt, replace_receipt, retire_receipt
from urgent_appeals.use_cases.talking import add_to_appeal, answer_question, ask_filer, report_retaliation, tell_filer


def test_an_appeal_arrives_and_is_acknowledged_at_once(session: Session) -> None:
    appeal = make_appeal(session)
    assert (appeal.stage, appeal.clock) == (Stage.RECEIVED, Clock.HARM)
    assert appeal.acknowledged_at == appeal.received_at
    assert appeal.account == "The factory closed with one day's notice and paid nobody."
    assert consent_holds(session, appeal.id, "share_with_team")
    assert not consent_holds(session, appeal.id, "share_with_network")
    assert audit.verify(session, f"appeal:{appeal.id}") is None


def test_the_same_form_twice_is_one_appeal_with_one_receipt(session: Session) -> None:
    first = make_filed(session, client_id="0123456789abcdef0123456789")
    second = make_filed(session, client_id="0123456789abcdef0123456789")
    assert first.appeal.id == second.appeal.id
    assert first.receipt == second.receipt is not None
    assert session.scalar(select(func.count()).select_from(Appeal)) == 1


def test_two_phones_never_share_a_receipt(session: Session) -> None:
    assert len({make_filed(session).receipt for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"account": ""}, "account"),
        ({"account": "x" * 20_001}, "account"),
        ({"wanted": "a\x00b"}, "wanted"),
        ({"workplace": "a\u202eb"}, "workplace"),
        ({"clock": "soon"}, "clock"),
        ({"country": "XX"}, "country"),
        ({"basis": "vital_interest"}, "basis"),
        ({"workers_count": -1}, "workers_count"),
    ],
)
def test_what_cannot_be_used_is_named(session: Session, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_appeal(session, **told)
    assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(Appeal)) == 0


def test_a_member_needs_the_duty_to_file(session: Session) -> None:
    union = make_organisation(session)
    with pytest.raises(NotAllowed):
        make_appeal(session, actor=make_actor(session, union, Duty.VOTE))
    appeal = make_appeal(session, actor=make_actor(session, union, Duty.FILE))
    assert appeal.filer_organisation_id == appeal.workers_organisation_id == union.id


def test_duty_hears_of_it_without_a_word_of_the_case(session: Session) -> None:
    region = make_region(session)
    appeal = make_appeal(session, account="CANARY-ACCOUNT", workplace="CANARY-PLACE", contact="CANARY-PHONE")
    rows = session.scalars(select(Outgoing).where(Outgoing.template == "appeal_filed")).all()
    told = {row.key.split(":")[3] for row in rows}
    assert {str(region.triager.person_id), str(region.verifier.person_id)} <= told
    assert str(region.stranger.person_id) not in told
    assert all(set(row.values) == {"ref", "clock", "link"} for row in rows)
    assert appeal.ref in str(rows[0].values)
    assert "CANARY" not in "".join(str(row.values) + row.key for row in rows)


def test_the_receipt_opens_its_own_case_only(session: Session) -> None:
    one, other = make_filed(session), make_filed(session)
    assert one.receipt
    opened = open_receipt(session, typed=in_groups(one.receipt), caller="a")
    assert opened is not None
    assert opened.appeal_id == one.appeal.id != other.appeal.id
    assert opened.proved_at is not None
    # The number stands nowhere, not even hashed in a way that could be guessed without the key.
    assert one.receipt not in str(session.execute(select(AppealReceipt.number_hash)).all())


def test_a_proved_receipt_is_not_shown_again(session: Session) -> None:
    filed = make_filed(session, client_id="0123456789abcdef0123456789")
    open_receipt(session, typed=filed.receipt or "", caller="a")
    assert make_filed(session, client_id="0123456789abcdef0123456789").receipt is None


def test_a_receipt_is_not_shown_after_half_an_hour(session: Session, clock: Any) -> None:
    make_filed(session, client_id="0123456789abcdef0123456789")
    clock.move(timedelta(minutes=31))
    assert make_filed(session, client_id="0123456789abcdef0123456789").receipt is None


def test_guessing_is_throttled_for_the_guesser_only(session: Session) -> None:
    filed = make_filed(session)
    for _ in range(20):
        assert open_receipt(session, typed="1234 5678 9012 3456", caller="guesser") is None
    with pytest.raises(TooMany):
        open_receipt(session, typed=filed.receipt or "", caller="guesser")
    assert open_receipt(session, typed=filed.receipt or "", caller="honest") is not None


def test_a_retired_receipt_opens_nothing(session: Session) -> None:
    filed = make_filed(session)
    receipt = open_receipt(session, typed=filed.receipt or "", caller="a")
    assert receipt is not None
    retire_receipt(session, Actor.filer(filed.appeal.id), receipt_id=receipt.id)
    assert open_receipt(session, typed=filed.receipt or "", caller="a") is None
    with pytest.raises(NotFound):
        filer_view(session, receipt.id)


def test_a_replaced_receipt_leaves_only_the_new_one(session: Session) -> None:
    filed = make_filed(session)
    receipt = open_receipt(session, typed=filed.receipt or "", caller="a")
    assert receipt is not None
    _, number = replace_receipt(session, Actor.filer(filed.appeal.id), receipt_id=receipt.id)
    assert open_receipt(session, typed=filed.receipt or "", caller="a") is None
    assert open_receipt(session, typed=number, caller="a") is not None


def test_nobody_acts_on_a_case_of_another_filer(session: Session) -> None:
    mine, other = make_filed(session), make_filed(session)
    receipt = open_receipt(session, typed=other.receipt or "", caller="a")
    assert receipt is not None
    with pytest.raises(NotFound):
        retire_receipt(session, Actor.filer(mine.appeal.id), receipt_id=receipt.id)
    with pytest.raises(NotFound):
        add_to_appeal(session, Actor.nobody(), text="hello")


def test_questions_answers_and_news_carry_no_name(session: Session) -> None:
    region = make_region(session)
    filed = make_filed(session)
    filer = Actor.filer(filed.appeal.id)
    question = ask_filer(session, region.triager, ref=filed.appeal.ref, text="Since when?")
    receipt = open_receipt(session, typed=filed.receipt or "", caller="a")
    assert receipt is not None
    assert [each.text for each in filer_view(session, receipt.id).questions] == ["Since when?"]
    answer_question(session, filer, question_id=question.id, text="Since May.")
    tell_filer(session, region.triager, ref=filed.appeal.ref, text="We wrote to them.")
    view = filer_view(session, receipt.id)
    assert view.questions == []
    assert {each.text for each in view.messages} == {"Since when?", "Since May.", "We wrote to them."}
    assert str(region.triager.person_id) not in repr(view)


def test_the_team_sees_that_news_was_read(session: Session) -> None:
    region = make_region(session)
    filed = make_filed(session)
    news = tell_filer(session, region.triager, ref=filed.appeal.ref, text="We wrote to them.")
    assert (news.read_at, filed.appeal.news_read_at) == (None, None)
    open_receipt(session, typed=filed.receipt or "", caller="a")
    assert news.read_at is not None
    assert filed.appeal.news_read_at == news.read_at


def test_retaliation_opens_the_danger_clock(session: Session) -> None:
    appeal = make_appeal(session)
    report_retaliation(session, Actor.filer(appeal.id), text="They arrested two of us.")
    assert appeal.clock is Clock.DANGER
    assert appeal.danger_at is not None


def test_a_photo_keeps_its_original_and_shows_a_bare_copy(session: Session) -> None:
    from network_app.core import files

    appeal = make_appeal(session)
    data = a_photo()
    evidence = add_photo(session, Actor.filer(appeal.id), data=data)
    assert files.fetch(evidence.original) == data
    assert b"PHONE-MAKER-CANARY" not in files.fetch(evidence.viewing_copy)
    assert add_photo(session, Actor.filer(appeal.id), data=data).id == evidence.id
    assert [entry.act for entry in evidence.custody] == ["received"]


def test_what_is_no_picture_is_refused(session: Session) -> None:
    appeal = make_appeal(session)
    for data in (b"", b"%PDF-1.4", b"<svg/>", b"GIF89a"):
        with pytest.raises(Invalid):
            add_photo(session, Actor.filer(appeal.id), data=data)


def test_the_same_form_at_the_same_moment_is_one_appeal(factory: sessionmaker[Session]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def send(_number: int) -> str:
        with factory.begin() as own:
            return make_filed(own, client_id="0123456789abcdef0123456789").appeal.ref

    with ThreadPoolExecutor(6) as pool:
        refs = set(pool.map(send, range(6)))
    assert len(refs) == 1
