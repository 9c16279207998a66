"""What an organisation says of itself, how it is found, who may see its contact points, and how it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import CoalitionCoordinator, Organisation
from members.queries import (
    actor_for,
    affiliates,
    contact_points,
    history_of,
    mail_contacts,
    may_see_contacts,
    register_page,
)
from members.rules import Evidence, OrganisationStatus
from members.use_cases.naming import rename_organisation
from members.use_cases.profiles import (
    add_contact_point,
    change_profile,
    confirm_family,
    declare_family,
    leave_network,
    remove_contact_point,
)
from members.use_cases.suspending import note_appeal, reinstate_organisation, suspend_organisation
from network_app.core import clock as network_clock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.permissions import Actor, Duty
from tests.factories.members import coordinator_of, make_actor, make_coalition, make_organisation, make_person

SYSTEM = Actor.system()


def names(session: Session, **asked: str) -> list[str]:
    return [row.name for row in register_page(session, asked).rows]


def test_a_renamed_organisation_is_found_under_every_name_it_had(session: Session) -> None:
    member = make_organisation(session, name="Naht Kampagne", country="DE")
    admin = make_actor(session, member, Duty.ADMINISTER)
    rename_organisation(session, admin, organisation_id=member.id, name="Faden e. V.")
    rename_organisation(session, admin, organisation_id=member.id, name="সুতা ইউনিয়ন")
    for text in ("naht", "Kampagne naht", "FADEN", "সুতা", "ইউনি"):
        assert names(session, text=text) == ["সুতা ইউনিয়ন"], text
    assert names(session, text="naht zwirn") == []
    stranger = make_actor(session, make_organisation(session), *Duty)
    with pytest.raises(NotAllowed):
        rename_organisation(session, stranger, organisation_id=member.id, name="Ours now")


def test_names_without_spaces_between_words_are_found_from_any_letter(session: Session) -> None:
    make_organisation(session, name="សហជីពកម្មករកាត់ដេរ")
    assert names(session, text="កម្មករ") == ["សហជីពកម្មករកាត់ដេរ"]


def test_the_register_is_narrowed_by_everything_that_an_organisation_is(session: Session) -> None:
    asia = make_coalition(session, name="Asia")
    make_organisation(session, name="A", coalition=asia, languages=["km"], family="Big", kind="ngo", country="KH")
    make_organisation(session, name="B", side="market", country="DE", languages=["de", "en"])
    for asked in ({"coalition": "asia"}, {"language": "km"}, {"family": "Big"}, {"kind": "ngo"}, {"country": "KH"}):
        assert names(session, **asked) == ["A"], asked
    assert names(session, side="market") == ["B"]
    assert names(session, status="suspended") == []
    assert names(session, text="!!!") == []


def test_only_the_organisation_itself_declares_its_side(session: Session) -> None:
    asia = make_coalition(session)
    member = make_organisation(session, coalition=asia, side="production")
    helper = coordinator_of(session, asia, make_organisation(session, coalition=asia))
    change_profile(session, helper, side="market", languages=["en"], monthly_call_cap=3)
    assert member.side == "production", "a coordinator changes its own organisation only"
    with pytest.raises(NotAllowed):
        change_profile(
            session, make_actor(session, member, Duty.VOTE), side="market", languages=["en"], monthly_call_cap=3
        )
    admin = make_actor(session, member, Duty.ADMINISTER)
    change_profile(session, admin, side="both", languages=["km", "en"], monthly_call_cap=3)
    assert member.side == "both"


def test_nobody_joins_a_family_without_the_word_of_an_affiliate(session: Session) -> None:
    one, two = make_organisation(session, family="Big"), make_organisation(session)
    first, second = make_actor(session, one, Duty.ADMINISTER), make_actor(session, two, Duty.ADMINISTER)
    declare_family(session, second, family="Big")
    assert two.family is None
    with pytest.raises(NotAllowed):
        confirm_family(session, second, organisation_id=two.id)
    confirm_family(session, first, organisation_id=two.id)
    assert affiliates(session, one) == [two]
    assert affiliates(session, two) == [one]
    declare_family(session, second, family="")
    assert two.family is None
    with pytest.raises(Conflict):
        confirm_family(session, first, organisation_id=two.id)


def test_contact_points_are_seen_by_own_people_their_coordinators_and_the_secretariat_only(session: Session) -> None:
    asia, europe = make_coalition(session), make_coalition(session)
    member, other = make_organisation(session, coalition=asia), make_organisation(session, coalition=asia)
    admin = make_actor(session, member, Duty.ADMINISTER)
    point = add_contact_point(
        session, admin, kind="phone", value="+880 1", purpose="danger", language="bn", safe_note="Say: the library."
    )
    add_contact_point(session, admin, kind="mail", value="More@X.test", purpose="notices", language="bn")
    assert b"880" not in (point.value_ct or b"")
    assert [p.note for p in contact_points(session, member.id)] == ["Say: the library.", ""]
    assert [contact.address for contact in mail_contacts(session, member.id)][1:] == ["more@x.test"]
    seeing = [
        admin,
        coordinator_of(session, asia, other),
        make_actor(session, make_organisation(session, secretariat=True)),
    ]
    blind = [
        make_actor(session, other, *Duty),
        coordinator_of(session, europe, make_organisation(session, coalition=europe)),
        Actor.nobody(),
    ]
    assert [may_see_contacts(session, who, member.id) for who in seeing] == [True] * 3
    assert [may_see_contacts(session, who, member.id) for who in blind] == [False] * 3
    for who in (*seeing[1:], *blind):
        with pytest.raises(NotAllowed):
            remove_contact_point(session, who, point_id=point.id)
    remove_contact_point(session, admin, point_id=point.id)
    with pytest.raises(NotFound):
        remove_contact_point(session, admin, point_id=point.id)


def test_it_takes_the_own_coalition_and_another_to_suspend_and_no_vote_counts_twice(session: Session) -> None:
    asia, europe, east = (make_coalition(session) for _ in range(3))
    member = make_organisation(session, coalition=asia)
    person = make_person(session, member)
    helper = coordinator_of(session, asia, make_organisation(session, coalition=asia))
    own, away, far = Evidence("V-1", asia.id, True), Evidence("V-2", europe.id, True), Evidence("V-3", east.id, True)
    for lacking in ([own], [away, far], [own, Evidence("V-4", europe.id, False)], [own, own]):
        with pytest.raises(GateShut):
            suspend_organisation(session, SYSTEM, organisation_id=member.id, decisions=lacking)
    with pytest.raises(NotAllowed):
        suspend_organisation(session, helper, organisation_id=member.id, decisions=[own, away])
    suspend_organisation(session, SYSTEM, organisation_id=member.id, decisions=[own, away])
    with pytest.raises(NotAllowed):
        actor_for(session, person.id)
    note_appeal(session, helper, organisation_id=member.id, text="We were not heard.")
    with pytest.raises(GateShut):
        reinstate_organisation(session, SYSTEM, organisation_id=member.id, decisions=[far])
    back = Evidence("V-5", asia.id, True)
    reinstate_organisation(session, SYSTEM, organisation_id=member.id, decisions=[back])
    assert actor_for(session, person.id).organisation_id == member.id
    with pytest.raises(GateShut):
        suspend_organisation(session, SYSTEM, organisation_id=member.id, decisions=[own, away])
    said = [entry.sentence for entry in history_of(session, f"organisation:{member.id}")]
    assert said[:3] == [
        "Suspension ended by the vote V-5.",
        "Appealed against the suspension: We were not heard.",
        "Suspended by the votes V-1, V-2.",
    ]


def test_who_leaves_the_network_types_its_name_and_can_do_nothing_afterwards(session: Session) -> None:
    asia = make_coalition(session)
    member = make_organisation(session, name="Gone Union", coalition=asia)
    admin = make_actor(session, member, Duty.ADMINISTER)
    add_contact_point(session, admin, kind="signal", value="+1", purpose="other", language="en")
    with pytest.raises(Invalid):
        leave_network(session, admin, name="Gone")
    leave_network(session, admin, name="Gone Union")
    assert member.status is OrganisationStatus.LEFT
    assert not contact_points(session, member.id)
    with pytest.raises(NotAllowed):
        actor_for(session, admin.own_person())
    assert names(session, status="left") == ["Gone Union"]
    assert session.scalars(select(Organisation).where(Organisation.bloc_id == asia.id)).all() == []
    assert session.scalars(select(CoalitionCoordinator)).all() == []
    assert timedelta(0) <= network_clock.now(session) - history_of(session, f"organisation:{member.id}")[0].at
