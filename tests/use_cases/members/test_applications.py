"""A body becomes a member with two sponsors and without objection, or by a vote; and it sees where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from members.models import Application, Coalition, Organisation
from members.queries import actor_for, application_by_token, get_application, history_of, notice_of, roll_candidates
from members.rules import ApplicationState, Evidence, OrganisationStatus
from members.use_cases.applying import (
    Wish,
    apply,
    ask_sponsor,
    begin_as_member,
    enter_application,
    invite_body,
    vouch,
    withdraw_application,
)
from members.use_cases.deciding import object_to, settle_by_votes, sweep_applications, withdraw_objection
from network_app.core import clock as network_clock
from network_app.core.errors import Conflict, GateShut, NotAllowed, NotFound
from network_app.core.outbox import Channel, Outgoing, State
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import coordinator_of, make_actor, make_coalition, make_organisation

WISH = Wish("Sewing Union of the Delta", "union", "BD", "production", ["bn", "en"], "We are 400 women of nine shops.")
DAY = timedelta(days=1)


@dataclass
class Circle:
    """A coalition of four members, one of whose people coordinates."""

    coalition: Coalition
    members: list[Organisation]
    coordinator: Actor
    voices: list[Actor]


@pytest.fixture
def circle(session: Session) -> Circle:
    coalition = make_coalition(session, name="South Asia")
    members = [make_organisation(session, coalition=coalition) for _ in range(4)]
    voices = [make_actor(session, member, Duty.VOTE, Duty.COORDINATE) for member in members]
    return Circle(coalition, members, coordinator_of(session, coalition, members[0]), voices)


def enter(session: Session, circle: Circle) -> tuple[Application, str]:
    application, link = enter_application(
        session, circle.coordinator, coalition_id=circle.coalition.id, email="delta@x.test", wish=WISH
    )
    return application, link.rsplit("/", 1)[1]


def vouched(session: Session, circle: Circle) -> Application:
    application, _ = enter(session, circle)
    for voice in circle.voices[:2]:
        vouch(session, voice, ref=application.ref)
    return application


def deliver(session: Session, application: Application, *, but: int = 0) -> None:
    """Let the notice leave, as the mailer does."""
    rows = session.scalars(
        select(Outgoing.id).where(Outgoing.key.contains(":notice:"), Outgoing.channel == Channel.MAIL)
    )
    for row_id in list(rows)[but:]:
        now = network_clock.now(session)
        session.execute(update(Outgoing).where(Outgoing.id == row_id).values(state=State.SENT, sent_at=now))
    session.expire_all()


def sweep(session: Session) -> None:
    session.commit()
    sweep_applications(session)
    session.commit()


def test_two_sponsors_delivered_notice_and_14_days_of_silence_make_a_member(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    application = vouched(session, circle)
    assert application.state is ApplicationState.NOTICE
    sweep(session)
    assert application.state is ApplicationState.NOTICE, "nobody was told yet"
    deliver(session, application)
    sweep(session)
    assert application.state is ApplicationState.OBJECTIONS
    clock.move(14 * DAY - timedelta(minutes=1))
    sweep(session)
    assert application.state is ApplicationState.OBJECTIONS
    clock.move(timedelta(minutes=1))
    sweep(session)
    assert application.state is ApplicationState.ADMITTED
    organisation = application.organisation
    assert organisation is not None
    assert organisation.status is OrganisationStatus.ACTIVE
    assert organisation.bloc_id == circle.coalition.id
    said = [entry.sentence for entry in history_of(session, application.chain)]
    assert said[0] == "Admitted: 14 days without objection."
    new = [entry.name for entry in roll_candidates(session, network_clock.now(session), "network")]
    assert WISH.name not in new, "no vote in the first 90 days"


def test_the_time_to_object_waits_for_the_last_member_that_can_be_reached(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    application = vouched(session, circle)
    deliver(session, application, but=1)
    clock.move(10 * DAY)
    sweep(session)
    assert application.state is ApplicationState.NOTICE
    assert (notice_of(session, application).reached, notice_of(session, application).waiting) == (3, 1)
    deliver(session, application)
    sweep(session)
    assert application.state is ApplicationState.OBJECTIONS
    clock.move(13 * DAY)
    sweep(session)
    assert application.state is ApplicationState.OBJECTIONS


def test_a_member_that_nothing_can_reach_does_not_hold_the_others_up_for_ever(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    application = vouched(session, circle)
    deliver(session, application, but=1)
    clock.move(14 * DAY)
    sweep(session)
    assert application.state is ApplicationState.OBJECTIONS


def test_one_sponsor_is_not_enough_and_affiliates_of_a_family_are_one(session: Session, circle: Circle) -> None:
    application, _ = enter(session, circle)
    for member in circle.members[:2]:
        member.family = "Big Federation"
    session.flush()
    vouch(session, circle.voices[0], ref=application.ref)
    vouch(session, circle.voices[1], ref=application.ref)
    assert application.state is ApplicationState.SPONSORS
    vouch(session, circle.voices[2], ref=application.ref, vouches=False)
    assert application.state is ApplicationState.SPONSORS
    vouch(session, circle.voices[3], ref=application.ref)
    assert application.state is ApplicationState.NOTICE


def test_nobody_outside_the_coalition_and_no_secretariat_enters_vouches_or_objects(
    session: Session, circle: Circle
) -> None:
    other = make_coalition(session, name="Europe")
    away = make_organisation(session, coalition=other, side="market")
    office = make_organisation(session, name="Office", secretariat=True, coalition=circle.coalition)
    outsiders = [
        make_actor(session, away, Duty.VOTE, Duty.COORDINATE),
        coordinator_of(session, other, away),
        make_actor(session, office, *Duty),
    ]
    application, _ = enter(session, circle)
    for outsider in outsiders:
        for act in (
            lambda who: enter_application(session, who, coalition_id=circle.coalition.id, email="a@x.test", wish=WISH),
            lambda who: invite_body(session, who, coalition_id=circle.coalition.id, email="a@x.test"),
            lambda who: vouch(session, who, ref=application.ref),
            lambda who: object_to(session, who, ref=application.ref, reason="No."),
            lambda who: ask_sponsor(session, who, ref=application.ref, organisation_id=away.id),
        ):
            with pytest.raises(NotAllowed):
                act(outsider)
    assert application.state is ApplicationState.SPONSORS


@pytest.mark.parametrize("adopted", [True, False])
def test_an_objection_leads_to_a_vote_of_the_coalition(
    session: Session, circle: Circle, clock: MovableClock, adopted: bool
) -> None:
    application = vouched(session, circle)
    deliver(session, application)
    sweep(session)
    object_to(session, circle.voices[3], ref=application.ref, reason="It is run by the owner.")
    clock.move(14 * DAY)
    sweep(session)
    assert application.state is ApplicationState.VOTE
    sweep(session)
    assert application.state is ApplicationState.VOTE
    elsewhere = make_coalition(session, name="Europe")
    with pytest.raises(GateShut):
        decided = [Evidence("V-2", elsewhere.id, True)]
        settle_by_votes(session, Actor.system(), ref=application.ref, decisions=decided)
    evidence = [Evidence("V-1", circle.coalition.id, adopted)]
    with pytest.raises(NotAllowed):
        settle_by_votes(session, circle.coordinator, ref=application.ref, decisions=evidence)
    settle_by_votes(session, Actor.system(), ref=application.ref, decisions=evidence)
    expected = ApplicationState.ADMITTED if adopted else ApplicationState.REFUSED
    assert application.state is expected
    assert application.organisation is not None
    assert application.organisation.status is (OrganisationStatus.ACTIVE if adopted else OrganisationStatus.LEFT)


def test_an_objection_that_was_taken_back_holds_nobody_up(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    application = vouched(session, circle)
    deliver(session, application)
    sweep(session)
    objection = object_to(session, circle.voices[3], ref=application.ref, reason="Who are they?")
    with pytest.raises(NotAllowed):
        withdraw_objection(session, circle.voices[2], objection_id=objection.id)
    clock.move(15 * DAY)
    sweep(session)
    assert application.state is ApplicationState.VOTE
    withdraw_objection(session, circle.voices[3], objection_id=objection.id)
    sweep(session)
    assert application.state is ApplicationState.ADMITTED


def test_an_invited_body_applies_with_its_link_and_then_makes_its_first_administrator_once(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    application, link = invite_body(session, circle.coordinator, coalition_id=circle.coalition.id, email="d@x.test")
    token = link.rsplit("/", 1)[1]
    apply(session, token=token, wish=WISH)
    with pytest.raises(Conflict):
        apply(session, token=token, wish=WISH)
    who = {"handle": "delta", "email": "first@x.test", "password": "lanterns on the long river"}
    with pytest.raises(GateShut):
        begin_as_member(session, token=token, **who)
    for voice in circle.voices[:2]:
        vouch(session, voice, ref=application.ref)
    deliver(session, application)
    sweep(session)
    clock.move(14 * DAY)
    sweep(session)
    person = begin_as_member(session, token=token, **who)
    assert person is not None and actor_for(session, person.id).duties == {Duty.ADMINISTER}
    with pytest.raises(GateShut):
        begin_as_member(session, token=token, **(who | {"handle": "second", "email": "second@x.test"}))
    with pytest.raises(NotFound):
        begin_as_member(session, token=token[:-1], **who)


def test_an_applicant_takes_its_application_back_at_any_time_before_the_decision(
    session: Session, circle: Circle
) -> None:
    application, token = enter(session, circle)
    assert application_by_token(session, token) is application
    withdraw_application(session, token=token)
    assert application.state is ApplicationState.WITHDRAWN
    with pytest.raises(Conflict):
        withdraw_application(session, token=token)
    with pytest.raises(Conflict):
        vouch(session, circle.voices[0], ref=application.ref)


def test_an_invitation_of_a_body_is_too_old_after_a_month(
    session: Session, circle: Circle, clock: MovableClock
) -> None:
    _, link = invite_body(session, circle.coordinator, coalition_id=circle.coalition.id, email="d@x.test")
    clock.move(31 * DAY)
    with pytest.raises(GateShut):
        apply(session, token=link.rsplit("/", 1)[1], wish=WISH)


def test_a_direct_member_is_told_to_the_coordinators_of_all_coalitions_who_alone_may_object(
    session: Session, circle: Circle
) -> None:
    other = make_coalition(session, name="Europe")
    away = make_organisation(session, coalition=other, side="market")
    second = coordinator_of(session, other, away)
    application, _ = enter_application(session, second, coalition_id=None, email="d@x.test", wish=WISH)
    with pytest.raises(NotAllowed):
        vouch(session, circle.voices[1], ref=application.ref)
    vouch(session, second, ref=application.ref)
    vouch(session, circle.coordinator, ref=application.ref)
    assert application.state is ApplicationState.NOTICE
    assert notice_of(session, application).told == 2
    object_to(session, circle.coordinator, ref=application.ref, reason="Who are they?")
    assert get_application(session, application.ref).organisation is not None
