"""The two tables that say who may do what: complete, and what is the members' own stays theirs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from network_app.core.decisions import Act, Need, decision
from network_app.core.errors import NotAllowed
from network_app.core.permissions import (
    NOT_FOR_THE_SECRETARIAT,
    PERMISSIONS,
    Actor,
    ActorKind,
    Duty,
    Permission,
    may,
    require,
)

ALL = frozenset(Duty)


def person(*duties: Duty, secretariat: bool = False) -> Actor:
    return Actor(ActorKind.PERSON, uuid.uuid4(), uuid.uuid4(), frozenset(duties), secretariat=secretariat)


def test_every_permission_has_its_duties_and_no_duty_is_idle() -> None:
    assert set(PERMISSIONS) == set(Permission) and all(PERMISSIONS.values())
    assert frozenset().union(*PERMISSIONS.values()) == ALL


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_follows_from_one_of_its_duties_and_from_no_other(permission: Permission) -> None:
    assert {duty for duty in Duty if may(person(duty), permission)} == PERMISSIONS[permission]
    for nobody in (person(), Actor.nobody(), Actor.filer(uuid.uuid4())):
        assert not may(nobody, permission)
        with pytest.raises(NotAllowed):
            require(nobody, permission)
    require(Actor.system(), permission)


@pytest.mark.parametrize("permission", Permission)
def test_the_secretariat_never_votes_signs_or_verifies(permission: Permission) -> None:
    own = {Permission.CAST_VOTE, Permission.SIGN_LETTER, Permission.VERIFY_APPEAL}
    assert NOT_FOR_THE_SECRETARIAT == own
    assert may(person(*Duty, secretariat=True), permission) is (permission not in own)


def test_who_is_no_person_has_no_organisation_to_act_for() -> None:
    for actor in (Actor.system(), Actor.nobody(), Actor.filer(uuid.uuid4())):
        for own in (actor.own_person, actor.own_organisation):
            with pytest.raises(NotAllowed):
                own()


@pytest.mark.parametrize("danger", [True, False], ids=["danger", "harm"])
@pytest.mark.parametrize("act", Act)
def test_every_act_is_decided_on_both_clocks(act: Act, danger: bool) -> None:
    found = decision(act, danger=danger)
    assert found.needs and set(found.needs) <= set(Need)


def test_only_a_vote_of_the_members_launches_a_campaign_whatever_the_hurry() -> None:
    for act in (Act.LAUNCH_CAMPAIGN, Act.SUPPORTERS_LETTERS, Act.CHANGE_CHARTER):
        for danger in (True, False):
            assert decision(act, danger=danger).needs == (Need.ADOPTED_VOTE,)


def test_only_the_workers_say_that_money_arrived_and_that_a_case_is_over() -> None:
    for act in (Act.CLOSE_CASE, Act.CONFIRM_RECEIPT):
        for danger in (True, False):
            assert decision(act, danger=danger).needs == (Need.WORKERS_WORD,)


def test_in_danger_one_verifier_is_enough_to_alert_and_a_second_follows_within_a_day() -> None:
    danger, harm = decision(Act.FAN_OUT, danger=True), decision(Act.FAN_OUT, danger=False)
    assert Need.ONE_VERIFIER in danger.needs and danger.second_verifier_within == timedelta(hours=24)
    assert Need.SECOND_SOURCE in harm.needs and harm.second_verifier_within is None
    assert Need.CONSENT_NETWORK in danger.needs and Need.CONSENT_NETWORK in harm.needs


def test_what_goes_outward_can_be_undone_for_ten_minutes_except_in_danger() -> None:
    for act in (Act.FAN_OUT, Act.PRIVATE_LETTER, Act.LETTER_TO_AUTHORITY, Act.SPEAK_PUBLICLY, Act.ALERT_REGION):
        assert decision(act, danger=False).undo == timedelta(minutes=10)
        assert decision(act, danger=True).undo == timedelta(0)


def test_nobody_is_named_to_a_company_without_consent() -> None:
    for danger in (True, False):
        needs = decision(Act.PRIVATE_LETTER, danger=danger).needs
        assert {Need.TWO_PEOPLE, Need.SECOND_SOURCE, Need.CONSENT_TARGET} == set(needs)
        assert Need.CONSENT_PUBLISH in decision(Act.SPEAK_PUBLICLY, danger=danger).needs
