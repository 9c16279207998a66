"""A lost phone or password: two codes on paper, or two vouchers and three days; and everybody who can stop it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Application, ChatIdentity, Organisation, Person, Recovery, Sponsor
from members.queries import (
    app_of,
    chat_identities,
    find_sign_in,
    open_recovery,
    paper_codes_left,
    passkeys_of,
    sign_ins_of,
)
from members.rules import VOUCHED_OPEN, VOUCHED_WAIT, WRONG_RECOVERIES_PER_ACCOUNT, Strength
from members.rules.admission import ApplicationState
from members.use_cases.factors import make_paper_codes
from members.use_cases.freezing import freeze_person
from members.use_cases.passwords import hash_password
from members.use_cases.recovering import Vouched, recover, stop_recovery, stop_recovery_of, vouch_for
from members.use_cases.signing_in import Entry, enter, sign_in
from network_app.core import clock as network_clock
from network_app.core.db import new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed, TooMany
from network_app.core.outbox import Outgoing, opened_values
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import (
    PASSWORD,
    actor_of,
    code_of,
    coordinator_of,
    make_actor,
    make_coalition,
    make_organisation,
    make_person,
)

EMAIL, NEW = "sok@people.test", "lamp oil and paper boats"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def union(session: Session) -> Organisation:
    return make_organisation(session)


@pytest.fixture
def sok(session: Session, union: Organisation) -> Person:
    person = make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
    session.add(ChatIdentity(person_id=person.id, matrix_id="@sok:x.test", linked_at=network_clock.now(session)))
    session.flush()
    return person


@pytest.fixture
def colleagues(session: Session, union: Organisation) -> tuple[Actor, Actor]:
    return make_actor(session, union, Duty.ACT), make_actor(session, union, Duty.ADMINISTER)


@pytest.fixture
def codes(session: Session, sok: Person, colleagues: tuple[Actor, Actor]) -> tuple[str, str]:
    """What two colleagues were given to say to sok."""
    first, second = (vouch(session, colleague) for colleague in colleagues)
    assert first.ready_at is None and second.ready_at is not None
    session.commit()
    return first.code, second.code


def vouch(session: Session, actor: Actor, handle: str = "sok") -> Vouched:
    return vouch_for(session, actor, handle=handle, spoke=True)


def come_back(session: Session, codes: tuple[str, str], *, email: str = EMAIL, source: str = "") -> Entry | None:
    return recover(session, email=email, codes=codes, hashed=hash_password(NEW), source=source)


def paper(session: Session, person: Person) -> tuple[str, ...]:
    entry = sign_in(session, email=EMAIL, password=PASSWORD, code=code_of("sok"))
    assert entry is not None
    row = find_sign_in(session, entry.token, network_clock.now(session))
    assert row is not None
    return tuple(make_paper_codes(session, actor_of(session, person), sign_in_id=row.id))


def nothing_old_opens(session: Session, person: Person) -> bool:
    return (
        sign_in(session, email=EMAIL, password=PASSWORD) is None
        and app_of(session, person.id) is None
        and not passkeys_of(session, person.id)
        and not chat_identities(session, person.id)
        and paper_codes_left(session, person.id) == 0
    )


def test_two_codes_from_paper_make_a_new_password_and_end_everything_old(session: Session, sok: Person) -> None:
    codes = paper(session, sok)
    assert come_back(session, (codes[0], codes[0])) is None
    assert come_back(session, (codes[0], "AAAA-BBBB-CCCC")) is None
    entry = come_back(session, (codes[3].lower(), codes[1]))
    assert entry is not None and entry.strength is Strength.PASSWORD
    assert nothing_old_opens(session, sok)
    assert [row.strength for row in sign_ins_of(session, sok.id)] == [Strength.PASSWORD]
    assert sign_in(session, email=EMAIL, password=NEW) is not None
    assert come_back(session, (codes[4], codes[5])) is None


def test_one_code_that_was_used_before_does_not_count(session: Session, sok: Person) -> None:
    codes = paper(session, sok)
    assert sign_in(session, email=EMAIL, password=PASSWORD, code=codes[0])
    assert come_back(session, (codes[0], codes[1])) is None


def test_two_colleagues_and_three_days_open_a_new_way_in(
    session: Session, sok: Person, codes: tuple[str, str], clock: MovableClock
) -> None:
    assert not chat_identities(session, sok.id) and not sign_ins_of(session, sok.id)
    with pytest.raises(Conflict, match="work from"):
        come_back(session, codes)
    clock.move(VOUCHED_WAIT - MINUTE)
    with pytest.raises(Conflict):
        come_back(session, codes)
    clock.move(2 * MINUTE)
    assert come_back(session, (codes[0], "AAAA-BBBB-CCCC")) is None
    assert come_back(session, (codes[1], codes[0])) is not None
    assert nothing_old_opens(session, sok)
    assert come_back(session, codes) is None


def test_the_owner_of_the_account_is_let_in_while_the_wait_lasts_and_stops_it(
    session: Session, sok: Person, codes: tuple[str, str], clock: MovableClock
) -> None:
    assert sign_in(session, email=EMAIL, password=PASSWORD, code=code_of("sok")) is not None
    stop_recovery_of(session, actor_of(session, sok), person_id=sok.id)
    clock.move(VOUCHED_WAIT + MINUTE)
    assert come_back(session, codes) is None and open_recovery(session, sok.id) is None
    assert sign_in(session, email=EMAIL, password=PASSWORD) is not None


def test_everybody_concerned_is_told_and_the_mailed_link_stops_it_and_does_nothing_else(
    session: Session, sok: Person, codes: tuple[str, str], clock: MovableClock
) -> None:
    told = {(row.template, row.channel.value) for row in session.scalars(select(Outgoing))}
    assert {("recovery_begun", "matrix"), ("recovery_begun", "mail"), ("recovery_yours", "matrix")} <= told
    [mail] = session.scalars(select(Outgoing).where(Outgoing.template == "recovery_stop"))
    link = str(opened_values(mail)["link"])
    token = link.rsplit("/", 1)[1]
    assert mail.recipient == EMAIL and token not in str(mail.values)
    assert not stop_recovery(session, token="something else")
    assert stop_recovery(session, token=token)
    assert not stop_recovery(session, token=token)
    clock.move(VOUCHED_WAIT + MINUTE)
    assert come_back(session, codes) is None
    assert not re.search("|".join(codes), "".join(str(row.values) for row in session.scalars(select(Outgoing))))


def test_a_colleague_stops_a_false_recovery_and_a_stranger_does_not(
    session: Session, sok: Person, union: Organisation, codes: tuple[str, str]
) -> None:
    with pytest.raises(NotAllowed):
        stop_recovery_of(session, make_actor(session, make_organisation(session)), person_id=sok.id)
    stop_recovery_of(session, make_actor(session, union, Duty.FILE), person_id=sok.id)
    assert open_recovery(session, sok.id) is None


def test_a_word_counts_once_and_only_from_a_co_delegate_who_spoke_with_the_person(
    session: Session, sok: Person, union: Organisation, colleagues: tuple[Actor, Actor]
) -> None:
    stranger = make_actor(session, make_organisation(session), *Duty)
    for actor, handle in (
        (stranger, "sok"),
        (make_actor(session, union, Duty.FILE), "sok"),
        (actor_of(session, sok), "sok"),
        (colleagues[0], "nobody"),
    ):
        with pytest.raises(Invalid, match="nobody with this handle"):
            vouch(session, actor, handle)
    with pytest.raises(Invalid, match="Speak with"):
        vouch_for(session, colleagues[0], handle="sok", spoke=False)
    assert not session.scalars(select(Recovery)).all()
    vouch(session, colleagues[0])
    with pytest.raises(Conflict, match="already"):
        vouch(session, colleagues[0])


def sponsored(session: Session, union: Organisation, *sponsors: Organisation) -> None:
    """The union was admitted on the word of these."""
    now = network_clock.now(session)
    values = {"state": ApplicationState.ADMITTED, "token_hash": "x", "ref": "M-1", "made_at": now}
    application = Application(id=new_id(), organisation_id=union.id, **values)
    session.add(application)
    session.flush()
    for sponsor in sponsors:
        session.add(Sponsor(application_id=application.id, organisation_id=sponsor.id, vouches=True))
    session.flush()


def test_where_nobody_else_is_inside_both_sponsors_vouch(session: Session, sok: Person, union: Organisation) -> None:
    first, second = make_organisation(session), make_organisation(session)
    sponsored(session, union, first, second)
    assert vouch(session, make_actor(session, first)).ready_at is None
    # Two people of the same sponsor are one sponsor's word.
    assert vouch(session, make_actor(session, first)).ready_at is None
    assert vouch(session, make_actor(session, second)).ready_at is not None


def test_where_an_organisation_was_there_from_the_start_who_coordinates_its_coalition_vouches(session: Session) -> None:
    own, foreign = make_coalition(session), make_coalition(session)
    union = make_organisation(session, coalition=own)
    make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
    colleague = make_actor(session, union, Duty.ACT)
    neighbour = coordinator_of(session, own, make_organisation(session, coalition=own))
    for other in (
        coordinator_of(session, foreign, make_organisation(session, coalition=foreign)),
        make_actor(session, make_organisation(session, coalition=own), *Duty),
    ):
        with pytest.raises(Invalid):
            vouch(session, other)
    assert vouch(session, colleague).ready_at is None
    assert vouch(session, neighbour).ready_at is not None


def test_a_coordinator_does_not_stand_in_for_sponsors_that_are_there(session: Session) -> None:
    own = make_coalition(session)
    union, sponsor = make_organisation(session, coalition=own), make_organisation(session)
    make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
    sponsored(session, union, sponsor)
    with pytest.raises(Invalid):
        vouch(session, coordinator_of(session, own, make_organisation(session, coalition=own)))


def test_a_frozen_person_comes_back_only_after_the_thaw(
    session: Session, sok: Person, codes: tuple[str, str], colleagues: tuple[Actor, Actor], clock: MovableClock
) -> None:
    clock.move(VOUCHED_WAIT + MINUTE)
    freeze_person(session, colleagues[0], person_id=sok.id)
    assert come_back(session, codes) is None
    stop_recovery_of(session, colleagues[0], person_id=sok.id)
    with pytest.raises(Conflict, match="frozen"):
        vouch(session, colleagues[1])


def test_codes_nobody_used_lapse(session: Session, codes: tuple[str, str], clock: MovableClock) -> None:
    clock.move(VOUCHED_WAIT + VOUCHED_OPEN + MINUTE)
    assert come_back(session, codes) is None


@pytest.mark.usefixtures("sok")
def test_guessing_codes_is_slowed_and_an_unknown_address_is_answered_alike(session: Session) -> None:
    for email in (EMAIL, "nobody@people.test"):
        for _ in range(WRONG_RECOVERIES_PER_ACCOUNT):
            assert come_back(session, ("AAAA-BBBB-CCCC", "AAAA-BBBB-DDDD"), email=email, source="a") is None
        with pytest.raises(TooMany):
            come_back(session, ("AAAA-BBBB-CCCC", "AAAA-BBBB-DDDD"), email=email, source="a")


def test_a_twin_of_the_address_in_other_letters_reaches_nobody(
    session: Session, sok: Person, codes: tuple[str, str], clock: MovableClock
) -> None:
    clock.move(VOUCHED_WAIT + MINUTE)
    twins: list[Callable[[str], str]] = [
        lambda address: address.replace("o", "\u043e", 1),
        lambda address: address.replace("k", "\u212a", 1),
        lambda address: address.replace("s", "\uff53", 1),
        lambda address: address + "\u200b",
        lambda address: address.replace("@", "\uff20"),
    ]
    assert [come_back(session, codes, email=twin(EMAIL)) for twin in twins] == [None] * len(twins)
    assert come_back(session, codes, email=f" {EMAIL.upper()} ") is not None


def test_a_lost_phone_from_freeze_to_recovery(
    session: Session, sok: Person, colleagues: tuple[Actor, Actor], clock: MovableClock
) -> None:
    from members.use_cases.thawing import thaw_person

    here = enter(session, sok, Strength.SECOND_FACTOR, "Android")
    freeze_person(session, colleagues[0], person_id=sok.id)
    assert find_sign_in(session, here.token, network_clock.now(session)) is None
    assert not thaw_person(session, colleagues[0], person_id=sok.id)
    assert thaw_person(session, colleagues[1], person_id=sok.id)
    # Let back, but with nothing in hand: whoever has the phone knows password and app.
    assert sign_in(session, email=EMAIL, password=PASSWORD) is None
    codes = (vouch(session, colleagues[0]).code, vouch(session, colleagues[1]).code)
    session.commit()
    clock.move(VOUCHED_WAIT + MINUTE)
    assert come_back(session, codes) is not None
