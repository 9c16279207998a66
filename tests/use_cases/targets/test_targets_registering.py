"""Putting targets and workplaces on record, and who answers for whom."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.permissions import Actor
from network_app.targets.queries import (
    answering_company,
    find_facilities,
    find_target,
    get_facility,
    get_target,
    links_of_facility,
    targets_page,
)
from network_app.targets.rules import FacilityStatus, TargetKind
from network_app.targets.use_cases.registering import (
    add_alias,
    add_facility,
    add_target,
    join_facilities,
    let_answer_itself,
    mark_facility,
    set_contact,
    set_owner,
    set_parent,
)
from tests.factories.targets import SYSTEM, make_facility, make_link, make_target


def test_a_target_is_found_by_name_and_alias(session: Session) -> None:
    target = make_target(session, name="Marks and Spencer Group plc", home_country="GB", markets=["IE", "GB", "IE"])
    add_alias(session, SYSTEM, target_id=target.id, name="M&S")
    assert find_target(session, "MARKS & SPENCER") is target
    assert find_target(session, "m & s") is target
    assert find_target(session, "Spencer") is None
    assert get_target(session, "marks-and-spencer-group-plc") is target
    assert target.markets == ["GB", "IE"]


@pytest.mark.parametrize("kind", list(TargetKind))
def test_targets_of_every_kind(session: Session, kind: TargetKind) -> None:
    assert make_target(session, kind=kind).kind is kind


def test_names_in_other_scripts_get_an_address_of_their_own(session: Session) -> None:
    first, second = make_target(session, name="东莞市华美"), make_target(session, name="ভিয়েলাটেক্স")
    assert first.slug.startswith("t-") and first.slug != second.slug
    assert find_target(session, "东莞市华美") is first


def test_names_that_look_alike_in_an_address_get_different_ones(session: Session) -> None:
    assert make_target(session, name="Star One").slug == "star-one"
    assert make_target(session, name="Star/One GmbH & Co").slug == "star-one-gmbh-co"
    assert make_target(session, name="Star-One und").slug == "star-one-und"
    assert make_target(session, name="Stàr Ône Øne").slug == "star-one-one"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"name": "A\u202eB"}, "name"),
        ({"source": ""}, "source"),
        ({"home_country": "XX"}, "home_country"),
        ({"markets": ["DE", "ZZ"]}, "markets"),
    ],
)
def test_a_target_that_cannot_be_is_refused_with_the_field_named(
    session: Session, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        make_target(session, **values)
    assert refusal.value.field == field


def test_a_name_is_on_record_once(session: Session) -> None:
    first, second = make_target(session, name="Next plc"), make_target(session, name="Nexxt")
    add_alias(session, SYSTEM, target_id=first.id, name="Nächst")
    for name in ("NEXT", "Nachst GmbH"):
        with pytest.raises(Conflict):
            make_target(session, name=name)
        with pytest.raises(Conflict):
            add_alias(session, SYSTEM, target_id=second.id, name=name)
    again = add_alias(session, SYSTEM, target_id=first.id, name="nachst")
    assert again.name == "Nächst"


def test_the_company_that_answers(session: Session) -> None:
    fund = make_target(session, kind=TargetKind.FINANCIER)
    group, company, label = (make_target(session) for _ in range(3))
    set_parent(session, SYSTEM, target_id=label.id, parent_id=company.id)
    set_parent(session, SYSTEM, target_id=company.id, parent_id=group.id)
    set_parent(session, SYSTEM, target_id=group.id, parent_id=fund.id)
    assert answering_company(session, label.id) is group
    let_answer_itself(session, SYSTEM, target_id=company.id, answers=True)
    assert answering_company(session, label.id) is company
    set_parent(session, SYSTEM, target_id=label.id, parent_id=None)
    assert answering_company(session, label.id) is label


def test_a_circle_of_parents_is_impossible(session: Session) -> None:
    first, second, third = (make_target(session) for _ in range(3))
    set_parent(session, SYSTEM, target_id=first.id, parent_id=second.id)
    set_parent(session, SYSTEM, target_id=second.id, parent_id=third.id)
    for parent in (first, third, second):
        with pytest.raises(Invalid) as refusal:
            set_parent(session, SYSTEM, target_id=third.id, parent_id=parent.id)
        assert refusal.value.field == "parent_id"
    assert third.parent_id is None


def test_where_letters_go(session: Session) -> None:
    target = make_target(session)
    set_contact(session, SYSTEM, target_id=target.id, email=" CR@Brand.test ", language="en", source="their website")
    assert target.contact_email == "CR@brand.test" and target.contact_since is not None
    for email, language, field in [
        ("nobody", "en", "email"),
        ("a@b.test\nBcc: c@d.test", "en", "email"),
        ("a@b.test", "xx", "language"),
    ]:
        with pytest.raises(Invalid) as refusal:
            set_contact(session, SYSTEM, target_id=target.id, email=email, language=language, source="x")
        assert refusal.value.field == field


def test_a_stranger_changes_nothing(session: Session) -> None:
    target, facility = make_target(session), make_facility(session)
    nobody = Actor.nobody()
    for act in (
        lambda: add_target(session, nobody, name="N", kind=TargetKind.BRAND, source="x"),
        lambda: add_alias(session, nobody, target_id=target.id, name="N"),
        lambda: set_parent(session, nobody, target_id=target.id, parent_id=None),
        lambda: add_facility(session, nobody, name="N", country="KH", source="x"),
        lambda: set_owner(session, nobody, facility_id=facility.id, owner_id=None),
        lambda: mark_facility(session, nobody, facility_id=facility.id, status=FacilityStatus.CLOSED, since=None),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_workplace_is_found_by_any_word_of_any_way_it_was_written(session: Session) -> None:
    facility = make_facility(session, name="Violet Apparel Co. Ltd.", address="Khan Dangkao, Phnom Penh")
    assert find_facilities(session, "apparel dangkao", "KH") == [facility]
    assert find_facilities(session, "VIOLET", "BD") == []
    assert get_facility(session, facility.ref.lower()) is facility
    assert facility.ref.startswith("F-")
    with pytest.raises(NotFound):
        get_facility(session, "F-0000")


def test_a_workplace_that_is_on_record_or_cannot_be_is_refused(session: Session) -> None:
    make_facility(session, name="Violet Apparel Co. Ltd.", address="Phnom Penh")
    with pytest.raises(Conflict):
        make_facility(session, name="VIOLET APPAREL CO LIMITED", address="Phnom Penh.")
    for values in ({"country": "EU"}, {"lat": 1.0}, {"lat": 91.0, "lng": 0.0}, {"name": ""}, {"address": "x" * 900}):
        with pytest.raises(Invalid):
            make_facility(session, **values)


def test_closed_and_joined_workplaces_stay_findable_with_their_claims(session: Session) -> None:
    kept, joined = make_facility(session), make_facility(session, name="Old Name Sewing", address="Lane 4")
    claim = make_link(session, facility_id=joined.id)
    mark_facility(session, SYSTEM, facility_id=kept.id, status=FacilityStatus.CLOSED, since=dt.date(2020, 7, 1))
    join_facilities(session, SYSTEM, kept_id=kept.id, joined_id=joined.id)
    assert find_facilities(session, "old name") == [joined]
    assert joined.merged_into is kept and joined.status is FacilityStatus.MERGED
    assert links_of_facility(session, kept.id) == [claim]
    for kept_id, joined_id in ((kept.id, kept.id), (joined.id, kept.id), (kept.id, joined.id)):
        with pytest.raises(Invalid):
            join_facilities(session, SYSTEM, kept_id=kept_id, joined_id=joined_id)


def test_the_register_is_searched_by_name_alias_country_and_kind(session: Session) -> None:
    zara = make_target(session, name="Inditex", home_country="ES")
    add_alias(session, SYSTEM, target_id=zara.id, name="Zara")
    label = make_target(session, name="Bershka", home_country=None)
    owner = make_target(session, name="Ramatex Group", kind=TargetKind.OWNER, home_country="SG")
    set_parent(session, SYSTEM, target_id=label.id, parent_id=zara.id)
    assert targets_page(session, text="zara inc") == ([zara], 1)
    assert targets_page(session, country="SG") == ([owner], 1)
    assert targets_page(session, kind=TargetKind.BRAND, with_labels=False) == ([zara], 1)
    assert targets_page(session)[1] == 3
    assert targets_page(session, text="100%_")[1] == 0


def test_every_act_is_in_the_audit_and_names_nobody(session: Session) -> None:
    make_target(session, name="Telling Name")
    links = audit.links(session, audit.AUDIT)
    assert [link.body["act"] for link in links] == ["add_target"]
    assert "Telling" not in str(links[0].body)
