"""Codes of an app and from paper: who is asked, that each opens once, and that a wrong clock shuts nobody out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.models import AuthenticatorApp, PaperCode, Person, SignIn
from members.queries import app_of, find_half_sign_in, find_sign_in, paper_codes_left, rights_of, sign_ins_of
from members.rules import WRONG_CODES_PER_PERSON, WRONG_PASSWORDS_PER_SOURCE, Strength
from members.rules.codes import code_at, step_of
from members.use_cases import factors
from members.use_cases.coordinating import end_coordinator, name_coordinator
from members.use_cases.duty import be_away
from members.use_cases.factors import (
    confirm_app,
    forget_factors,
    make_paper_codes,
    remove_app,
    start_app,
)
from members.use_cases.known_browsers import mark_for
from members.use_cases.mandates import end_mandate, grant_mandate
from members.use_cases.signing_in import Entry, give_code, renew_sign_in, sign_in
from network_app.core import clock as network_clock
from network_app.core.errors import Conflict, Invalid, TooMany
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import (
    PASSWORD,
    actor_of,
    app_key,
    coordinator_of,
    give_duties,
    make_coalition,
    make_organisation,
    make_person,
)

EMAIL = "sok@people.test"


@pytest.fixture
def sok(session: Session) -> Person:
    """Somebody with an app, who votes."""
    person = make_person(session, make_organisation(session), duties=[Duty.VOTE], handle="sok", password=PASSWORD)
    session.commit()
    return person


def enter(session: Session, code: str = "", **overrides: str) -> Entry:
    entry = sign_in(session, **{"email": EMAIL, "password": PASSWORD, "code": code, **overrides})
    assert entry is not None
    return entry


def shown(session: Session, minutes: float = 0) -> str:
    """What the app shows on a phone whose clock is that many minutes ahead."""
    return code_at(app_key("sok"), step_of(network_clock.unmoved(session) + timedelta(minutes=minutes)))


def row_of(session: Session, token: str) -> SignIn:
    row = find_sign_in(session, token, network_clock.now(session))
    assert row is not None
    return row


@pytest.mark.usefixtures("sok")
def test_a_password_alone_opens_nothing_for_somebody_with_an_app(session: Session) -> None:
    half = enter(session)
    now = network_clock.now(session)
    assert half.strength is Strength.HALF and find_sign_in(session, half.token, now) is None
    assert find_half_sign_in(session, half.token, now) is not None
    whole = give_code(session, token=half.token, code=shown(session))
    assert whole is not None and whole.token != half.token
    assert row_of(session, whole.token).strength is Strength.SECOND_FACTOR
    assert find_half_sign_in(session, half.token, now) is None


@pytest.mark.usefixtures("sok")
def test_the_way_between_password_and_code_is_open_for_ten_minutes(session: Session, clock: MovableClock) -> None:
    half = enter(session)
    clock.move(timedelta(minutes=11))
    assert give_code(session, token=half.token, code=shown(session)) is None


@pytest.mark.usefixtures("sok")
@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_clock_that_is_five_minutes_wrong_shuts_nobody_out(session: Session, minutes: int) -> None:
    assert enter(session, shown(session, minutes)).strength is Strength.SECOND_FACTOR


@pytest.mark.usefixtures("sok")
@pytest.mark.parametrize("minutes", [-8, 8])
def test_a_code_of_another_time_of_day_opens_nothing(session: Session, minutes: int) -> None:
    assert enter(session, shown(session, minutes)).strength is Strength.HALF


@pytest.mark.usefixtures("sok")
def test_a_code_opens_once_and_its_second_use_says_to_wait_for_the_next(session: Session) -> None:
    code = shown(session, 2)
    assert enter(session, code).strength is Strength.SECOND_FACTOR
    again = enter(session, code)
    assert again.strength is Strength.HALF and again.problem == factors.USED
    # The phone's clock was put right meanwhile: an earlier code that was not used is still good.
    assert enter(session, shown(session)).strength is Strength.SECOND_FACTOR


@pytest.mark.usefixtures("sok")
def test_digits_may_be_typed_in_bengali_and_with_a_space(session: Session) -> None:
    code = shown(session).translate({ord(str(n)): chr(0x09E6 + n) for n in range(10)})
    assert enter(session, f"{code[:3]} {code[3:]}").strength is Strength.SECOND_FACTOR


def test_one_code_in_two_browsers_at_once_opens_one(factory: sessionmaker[Session], sok: Person) -> None:
    with factory() as first:
        code = shown(first)
        assert enter(first, code).strength is Strength.SECOND_FACTOR
        first.commit()
    with factory() as second:
        assert enter(second, code).strength is Strength.HALF


@pytest.mark.usefixtures("sok")
def test_guessing_codes_ends_soon_and_for_all_half_sign_ins_together(session: Session) -> None:
    for _ in range(WRONG_CODES_PER_PERSON):
        assert enter(session, "000 000").problem is not None
    with pytest.raises(TooMany):
        give_code(session, token=enter(session).token, code=shown(session))


def test_codes_from_paper_open_once_each_and_a_new_list_ends_the_old(session: Session, sok: Person) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    me = actor_of(session, sok)
    codes = make_paper_codes(session, me, sign_in_id=here.id)
    assert len(set(codes)) == 10 and paper_codes_left(session, sok.id) == 10
    stored = "".join(row.code_hash for row in session.scalars(select(PaperCode)))
    assert not any(code in stored for code in codes)
    assert enter(session, codes[0].lower().replace("-", " ")).strength is Strength.SECOND_FACTOR
    assert paper_codes_left(session, sok.id) == 9
    assert enter(session, codes[0]).problem == factors.PAPER_USED
    make_paper_codes(session, me, sign_in_id=here.id)
    assert enter(session, codes[1]).problem == factors.WRONG


def test_one_persons_code_from_paper_opens_nothing_for_another(session: Session, sok: Person) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    codes = make_paper_codes(session, actor_of(session, sok), sign_in_id=here.id)
    make_person(session, make_organisation(session), duties=[Duty.VOTE], handle="lena", password=PASSWORD)
    assert enter(session, codes[0], email="lena@people.test").strength is Strength.HALF


def newcomer(session: Session, *duties: Duty) -> tuple[Person, SignIn]:
    """Somebody without a factor, who came in with the password they were given."""
    union = make_organisation(session)
    person = make_person(session, union, duties=duties, handle="new", password=PASSWORD, factor=False)
    entry = enter(session, email="new@people.test")
    assert entry.strength is Strength.PASSWORD
    return person, row_of(session, entry.token)


def test_an_app_counts_from_its_first_code_on_and_ends_the_weak_browsers(session: Session) -> None:
    person, here = newcomer(session, Duty.ACT)
    me = actor_of(session, person)
    elsewhere = enter(session, email="new@people.test")
    key = start_app(session, me, sign_in_id=here.id)
    assert app_of(session, person.id) is None
    with pytest.raises(Invalid):
        confirm_app(session, me, sign_in_id=here.id, code="000000")
    code = code_at(key, step_of(network_clock.unmoved(session)))
    token = confirm_app(session, me, sign_in_id=here.id, code=code)
    assert row_of(session, token).strength is Strength.SECOND_FACTOR
    assert find_sign_in(session, elsewhere.token, network_clock.now(session)) is None
    assert enter(session, code, email="new@people.test").problem == factors.USED
    stored = session.scalars(select(AuthenticatorApp)).one()
    assert key.encode() not in (stored.key_ct or b"") and stored.key == key
    told = session.scalars(select(Outgoing).where(Outgoing.template == "factor_added")).all()
    assert [row.recipient for row in told] == ["new@people.test"]


def test_an_app_in_use_goes_on_until_the_next_one_made_its_first_code(session: Session, sok: Person) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    key = start_app(session, actor_of(session, sok), sign_in_id=here.id)
    assert enter(session, shown(session, 1)).strength is Strength.SECOND_FACTOR
    code = code_at(key, step_of(network_clock.unmoved(session)))
    confirm_app(session, actor_of(session, sok), sign_in_id=here.id, code=code)
    assert enter(session, shown(session, 2)).strength is Strength.HALF


def test_changing_the_way_in_needs_a_sign_in_of_the_last_minutes(
    session: Session, sok: Person, clock: MovableClock
) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    me = actor_of(session, sok)
    with pytest.raises(Conflict):
        start_app(session, me, sign_in_id=None)
    clock.move(timedelta(minutes=16))
    for act in (start_app, make_paper_codes, remove_app):
        with pytest.raises(Conflict, match="sign in again"):
            act(session, me, sign_in_id=here.id)


def test_the_last_factor_stays_with_somebody_who_needs_one(session: Session, sok: Person) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    with pytest.raises(Conflict):
        remove_app(session, actor_of(session, sok), sign_in_id=here.id)


def test_filing_alone_needs_no_second_factor_and_every_other_duty_does(session: Session) -> None:
    person, _ = newcomer(session, Duty.FILE)
    assert not rights_of(session, person.id).needs_second_factor
    for duty in set(Duty) - {Duty.FILE}:
        other = make_person(session, make_organisation(session), duties=[duty])
        assert rights_of(session, other.id).needs_second_factor, duty
    office = make_organisation(session, secretariat=True)
    assert rights_of(session, make_person(session, office, duties=[Duty.FILE]).id).needs_second_factor


def test_administrators_and_the_secretariat_are_signed_out_sooner(session: Session, clock: MovableClock) -> None:
    union = make_organisation(session)
    office = make_organisation(session, secretariat=True)
    for home, duty, handle in ((union, Duty.ACT, "acts"), (union, Duty.ADMINISTER, "runs"), (office, Duty.FILE, "of")):
        make_person(session, home, duties=[duty], handle=handle, password=PASSWORD, factor=False)
    tokens = {handle: enter(session, email=f"{handle}@people.test").token for handle in ("acts", "runs", "of")}
    clock.move(timedelta(minutes=61))
    still = {handle for handle, token in tokens.items() if find_sign_in(session, token, network_clock.now(session))}
    assert still == {"acts"}


def test_a_browser_gets_a_new_token_when_its_rights_changed(session: Session, sok: Person) -> None:
    token = enter(session, shown(session)).token
    before = row_of(session, token)
    assert before.rights == rights_of(session, sok.id).stamp and not before.strict
    home = actor_of(session, sok).own_organisation()
    mandate = grant_mandate(session, Actor.system(), person_id=sok.id, organisation_id=home, duty=Duty.ADMINISTER)
    assert rights_of(session, sok.id).stamp != before.rights
    fresh = renew_sign_in(session, token=token)
    assert fresh is not None and fresh != token
    assert find_sign_in(session, token, network_clock.now(session)) is None
    session.expire_all()
    now = row_of(session, fresh)
    assert now.strict and now.rights == rights_of(session, sok.id).stamp and now.strength is Strength.SECOND_FACTOR
    make_person(session, session.get_one(type(mandate), mandate.id).organisation, duties=[Duty.ADMINISTER])
    end_mandate(session, Actor.system(), mandate_id=mandate.id)
    assert rights_of(session, sok.id).stamp != now.rights


def test_it_gets_one_too_when_what_i_coordinate_or_stand_in_for_changed(session: Session, sok: Person) -> None:
    coalition = make_coalition(session)
    union = make_organisation(session, coalition=coalition)
    give_duties(session, union, sok, [Duty.COORDINATE])
    admin = coordinator_of(session, coalition, union)
    before = rights_of(session, sok.id).stamp
    row = name_coordinator(
        session, Actor.system(), coalition_id=coalition.id, handle=sok.handle, organisation_id=union.id
    )
    named = rights_of(session, sok.id).stamp
    end_coordinator(session, Actor.system(), coordinator_id=row.id)
    assert named != before and rights_of(session, sok.id).stamp == before
    grant_mandate(session, admin, person_id=sok.id, organisation_id=union.id, duty=Duty.ADMINISTER, alternate=True)
    waits = rights_of(session, sok.id).stamp
    today = network_clock.now(session).date()
    be_away(session, admin, away_from=today, away_until=today)
    assert rights_of(session, sok.id).stamp != waits


def test_a_flood_of_guesses_never_shuts_out_a_browser_that_was_in_before(session: Session, sok: Person) -> None:
    for number in range(WRONG_PASSWORDS_PER_SOURCE):
        sign_in(session, email=f"n{number}@people.test", password="guess", source="192.0.2.7")
    with pytest.raises(TooMany):
        enter(session, source="192.0.2.7")
    known = mark_for(sok.id)
    assert enter(session, shown(session), source="192.0.2.7", known=known).strength is Strength.SECOND_FACTOR
    with pytest.raises(TooMany):
        enter(session, source="192.0.2.7", known=mark_for(actor_of(session, sok).own_organisation()))


def test_forgetting_everything_leaves_only_the_codes_on_paper(session: Session, sok: Person) -> None:
    here = row_of(session, enter(session, shown(session)).token)
    make_paper_codes(session, actor_of(session, sok), sign_in_id=here.id)
    forget_factors(session, sok)
    assert sign_in(session, email=EMAIL, password=PASSWORD) is None
    assert app_of(session, sok.id) is None and not sign_ins_of(session, sok.id)
    assert paper_codes_left(session, sok.id) == 10
