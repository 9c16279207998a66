"""Invitations: a link that works once, for whom it was meant, while whoever made it may still name people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from members.models import Invitation, Mandate, Person
from members.queries import actor_for, open_invitations, people_with_duty, person_by_handle
from members.use_cases.inviting import accept_invitation, join_by_invitation, make_invitation, recall_invitation
from members.use_cases.mandates import end_mandate
from members.use_cases.standing import make_dormant
from network_app.core import audit, outbox
from network_app.core.db import transaction
from network_app.core.errors import Conflict, GateShut, Invalid, NetworkError, NotAllowed, TooMany
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, actor_of, make_actor, make_organisation, make_person
from tests.use_cases.members.test_mandates import mandate_of


def link_of(session: Session, admin: Actor, *duties: Duty, email: str | None = None) -> str:
    """The token of a new invitation."""
    link = make_invitation(session, admin, note="the new one", duties=duties or (Duty.FILE,), email=email)
    return link.rsplit("/", 1)[1]


def join(session: Session, token: str, handle: str = "newcomer", email: str = "new@people.test") -> Person | None:
    """Come in as a new person."""
    return join_by_invitation(session, token=token, handle=handle, email=email, password=PASSWORD)


def test_whoever_is_asked_in_has_what_was_promised_by_the_right_of_who_asked(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    person = join(session, link_of(session, admin, Duty.FILE, Duty.VOTE))
    assert person is not None and actor_for(session, person.id, union.id).duties == {Duty.FILE, Duty.VOTE}
    granted = session.scalars(select(Mandate.granted_by_id).where(Mandate.person_id == person.id)).all()
    assert set(granted) == {admin.person_id}
    last = audit.links(session, audit.AUDIT)[-1].body
    assert (last["act"], last["person"], last["organisation"]) == ("accept_invitation", str(person.id), str(union.id))
    assert last["mandates"]


def test_the_link_stands_nowhere_readable_and_the_mail_carries_it(session: Session) -> None:
    admin = make_actor(session, make_organisation(session), Duty.ADMINISTER)
    token = link_of(session, admin, email="new@people.test")
    (mail,) = session.scalars(select(Outgoing).where(Outgoing.template == "invitation"))
    assert mail.recipient == "new@people.test"
    assert token not in str(mail.values) and token in outbox.opened_values(mail)["link"]
    stored = session.scalars(select(Invitation)).one()
    assert token not in str([getattr(stored, column.key) for column in Invitation.__table__.columns])


@pytest.mark.parametrize("hours", [71, 73])
def test_an_invitation_lives_72_hours(session: Session, clock: MovableClock, hours: int) -> None:
    token = link_of(session, make_actor(session, make_organisation(session), Duty.ADMINISTER))
    clock.move(timedelta(hours=hours))
    if hours < 72:
        assert join(session, token) is not None
    else:
        with pytest.raises(GateShut, match="older than 72 hours"):
            join(session, token)


def test_used_recalled_and_foreign_links_say_what_to_do_next(session: Session) -> None:
    admin = make_actor(session, make_organisation(session), Duty.ADMINISTER)
    used, recalled = link_of(session, admin), link_of(session, admin)
    join(session, used)
    recall_invitation(session, admin, invitation_id=open_invitations(session, admin.own_organisation())[0].id)
    for token, says in ((used, "used already"), (recalled, "taken back"), ("x" * 43, "not one of ours"), ("", "Copy")):
        with pytest.raises(GateShut, match=says):
            join(session, token, handle="other", email="other@people.test")
    with pytest.raises(Conflict):
        recall_invitation(session, admin, invitation_id=session.scalars(select(Invitation.id)).first())  # type: ignore[arg-type]  # there are two
    assert person_by_handle(session, "other") is None


def test_a_link_dies_with_the_mandate_under_which_it_was_made(session: Session) -> None:
    union = make_organisation(session)
    admin, other = (make_actor(session, union, Duty.ADMINISTER) for _ in range(2))
    token = link_of(session, admin, Duty.ADMINISTER)
    end_mandate(session, other, mandate_id=mandate_of(session, admin, Duty.ADMINISTER).id)
    with pytest.raises(GateShut, match="may not do so any more"), session.begin_nested():
        join(session, token)
    assert [person.id for person in people_with_duty(session, union.id, Duty.ADMINISTER)] == [other.person_id]


@pytest.mark.parametrize("duty", [duty for duty in Duty if duty is not Duty.ADMINISTER])
def test_only_an_administrator_asks_in_and_takes_back(session: Session, duty: Duty) -> None:
    union = make_organisation(session)
    admin, member = make_actor(session, union, Duty.ADMINISTER), make_actor(session, union, duty)
    foreign = make_actor(session, make_organisation(session, secretariat=True), *Duty)
    link_of(session, admin)
    (waiting,) = open_invitations(session, union.id)
    with pytest.raises(NotAllowed):
        link_of(session, member)
    for outsider in (member, foreign):
        with pytest.raises(NotAllowed):
            recall_invitation(session, outsider, invitation_id=waiting.id)


def test_somebody_who_has_an_account_accepts_with_it(session: Session) -> None:
    union, other = make_organisation(session), make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    person = make_person(session, other, duties=[Duty.ACT])
    accept_invitation(session, actor_of(session, person), token=link_of(session, admin, Duty.FILE))
    assert actor_for(session, person.id, union.id).duties == {Duty.FILE}
    with pytest.raises(Conflict), session.begin_nested():
        accept_invitation(session, actor_of(session, person), token=link_of(session, admin, Duty.FILE))


TWINS = [
    ("dara", "dara@people.test"),
    ("other", "DARA@people.test"),
    ("other", " dara@people.test "),
    ("DARA", "other@people.test"),
]
LOOK_ALIKES = [
    ("d\u0430ra", "other@people.test"),
    ("dar\uff41", "other@people.test"),
    ("other", "d\u0131ara@people.test"),
    ("other", "dara@people\u3002test"),
    ("other", "\u212aim@people.test"),
    ("da\u200bra", "other@people.test"),
]


@pytest.mark.parametrize(("handle", "email"), [*TWINS, *LOOK_ALIKES])
def test_twins_of_an_address_or_a_handle_never_make_or_reach_a_second_account(
    session: Session, handle: str, email: str
) -> None:
    union = make_organisation(session)
    make_person(session, union, handle="dara")
    make_person(session, union, handle="kim")
    token = link_of(session, make_actor(session, union, Duty.ADMINISTER), Duty.ADMINISTER)
    before = session.scalar(select(func.count()).select_from(Person))
    try:
        with session.begin_nested():
            assert join(session, token, handle=handle, email=email) is None
    except (Conflict, Invalid) as refused:
        assert refused.field in ("handle", "email")
    assert session.scalar(select(func.count()).select_from(Person)) == before
    assert len(people_with_duty(session, union.id, Duty.ADMINISTER)) == 1
    assert len(open_invitations(session, union.id)) == 1


def test_nobody_tries_out_addresses_with_one_link(session: Session) -> None:
    union = make_organisation(session)
    make_person(session, union, handle="dara")
    token = link_of(session, make_actor(session, union, Duty.ADMINISTER))
    for _ in range(5):
        assert join(session, token, handle="other", email="dara@people.test") is None
    with pytest.raises(TooMany):
        join(session, token, handle="other", email="fresh@people.test")


@pytest.mark.parametrize("what", [{"note": ""}, {"duties": []}, {"email": "\u212aim@x.test"}, {"note": "a\u202eb"}])
def test_what_is_wrong_in_an_invitation_is_named(session: Session, what: dict[str, object]) -> None:
    admin = make_actor(session, make_organisation(session), Duty.ADMINISTER)
    values: dict[str, object] = {"note": "the new one", "duties": [Duty.FILE]} | what
    with pytest.raises(Invalid) as refused:
        make_invitation(session, admin, **values)  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.field == next(iter(what))


def test_an_invitation_of_a_dormant_organisation_still_works(session: Session) -> None:
    union = make_organisation(session)
    token = link_of(session, make_actor(session, union, Duty.ADMINISTER))
    make_dormant(session, Actor.system(), organisation_id=union.id)
    assert join(session, token) is not None


def test_fifty_people_with_one_link_at_once_make_one_person(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        token = link_of(session, make_actor(session, union, Duty.ADMINISTER), Duty.FILE, Duty.VOTE)
        before = session.scalar(select(func.count()).select_from(Person)) or 0

    def come(number: int) -> bool:
        try:
            with transaction(factory) as session:
                return join(session, token, f"new{number}", f"new{number}@people.test") is not None
        except NetworkError:
            return False

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(come, range(50))) == 1
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == before + 1
        assert len(people_with_duty(session, union.id, Duty.VOTE)) == 1


def test_fifty_accepts_of_one_account_at_once_give_one_mandate(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        token = link_of(session, make_actor(session, union, Duty.ADMINISTER))
        person = make_actor(session, make_organisation(session), Duty.ACT)

    def accept(_number: int) -> bool:
        try:
            with transaction(factory) as session:
                accept_invitation(session, person, token=token)
        except NetworkError:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(accept, range(50))) == 1
