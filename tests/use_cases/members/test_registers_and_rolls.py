"""The registers, how an organisation is told something, and who may be on a roll."""

from __future__ import annotations

from datetime import timedelta
from typing import Unpack

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_organisation, tell_person
from members.queries import (
    Filters,
    bloc_name,
    coalitions_of,
    count_organisations,
    countries,
    duty_organisations,
    organisation_named,
    organisations,
    pooled_bloc,
    roll_candidates,
)
from members.rules import OrganisationStatus
from members.use_cases.admitting import add_coalition, admit_organisation
from members.use_cases.freezing import freeze_person
from members.use_cases.standing import choose_room_language, make_dormant, wake_organisation
from network_app.core import clock as network_clock
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.outbox import Channel, Outgoing
from network_app.core.permissions import Actor, Duty
from tests.factories.members import make_actor, make_coalition, make_organisation, make_person


def names_on_roll(session: Session, electorate: str = "network") -> list[str]:
    """Who may be on a roll opened now."""
    return [entry.name for entry in roll_candidates(session, network_clock.now(session), electorate)]


def test_a_roll_leaves_out_the_new_the_dormant_the_departed_and_the_secretariat(session: Session) -> None:
    today = network_clock.now(session).date()
    make_organisation(session, name="Just old enough", joined_on=today - timedelta(days=90))
    make_organisation(session, name="A day too new", joined_on=today - timedelta(days=89))
    make_organisation(session, name="Office", secretariat=True)
    sleeping = make_organisation(session, name="Sleeping")
    make_dormant(session, Actor.system(), organisation_id=sleeping.id)
    for status in (OrganisationStatus.SUSPENDED, OrganisationStatus.LEFT, OrganisationStatus.APPLICANT):
        make_organisation(session, name=status).status = status
    session.flush()
    assert names_on_roll(session) == ["Just old enough"]


def test_a_roll_of_the_network_pools_small_blocs_on_their_side(session: Session) -> None:
    asia, europe = make_coalition(session, name="South Asia"), make_coalition(session, name="Europe")
    for _ in range(5):
        make_organisation(session, country="BD", coalition=asia)
        make_organisation(session, country="DE", side="market", coalition=europe)
    make_organisation(session, name="Direct", country="US", side="market")
    roll = roll_candidates(session, network_clock.now(session), "network")
    blocs = {entry.name: entry.bloc for entry in roll}
    assert blocs["Direct"] == "direct-market+europe"
    assert sorted(set(blocs.values())) == ["direct-market+europe", "south-asia"]
    assert bloc_name(session, "direct-market+europe") == "direct members, market side + Europe"


def test_a_direct_member_reads_in_which_bloc_it_counts_until_there_are_enough_of_its_side(session: Session) -> None:
    europe = make_coalition(session, name="Europe")
    for _ in range(5):
        make_organisation(session, side="market", coalition=europe)
        make_organisation(session, side="production")
    direct = make_organisation(session, side="market")
    assert pooled_bloc(session, direct) == "direct members, market side + Europe"
    for _ in range(4):
        make_organisation(session, side="market")
    assert pooled_bloc(session, direct) == ""


def test_a_roll_of_a_coalition_counts_by_country(session: Session) -> None:
    asia = make_coalition(session, name="South Asia")
    for country, number in (("BD", 6), ("LK", 5), ("PK", 1)):
        for _ in range(number):
            make_organisation(session, country=country, coalition=asia)
    make_organisation(session, name="Elsewhere", country="BD")
    roll = roll_candidates(session, network_clock.now(session), f"coalition:{asia.id}")
    assert {entry.bloc for entry in roll} == {"BD", "LK+PK"}
    assert "Elsewhere" not in {entry.name for entry in roll}
    assert bloc_name(session, "LK+PK") == "Sri Lanka + Pakistan"


def test_affiliates_are_listed_with_their_family(session: Session) -> None:
    make_organisation(session, name="A", family="Federation F")
    make_organisation(session, name="B", family="Federation F")
    make_organisation(session, name="C")
    families = {entry.name: entry.family for entry in roll_candidates(session, network_clock.now(session), "network")}
    assert families == {"A": "Federation F", "B": "Federation F", "C": None}


@pytest.mark.parametrize("electorate", ["", "coalition:", "coalition:x", "europe", "planet:5"])
def test_an_unknown_electorate_is_not_found(session: Session, electorate: str) -> None:
    with pytest.raises(NotFound):
        roll_candidates(session, network_clock.now(session), electorate)


def test_the_register_is_searched_and_filtered_with_a_count(session: Session) -> None:
    asia = make_coalition(session, name="South Asia")
    make_organisation(session, name="Fédération des Ouvrières", country="HT", side="production")
    make_organisation(session, name="Dhaka Workers 100%", country="BD", coalition=asia)
    make_organisation(session, name="Münchner Kampagne", country="DE", side="market")

    def found(**filters: Unpack[Filters]) -> list[str]:
        rows = organisations(session, **filters)
        assert count_organisations(session, **filters) == len(rows)
        return [row.name for row in rows]

    assert found() == ["Dhaka Workers 100%", "Fédération des Ouvrières", "Münchner Kampagne"]
    assert found(text=" FEDERATION ") == ["Fédération des Ouvrières"]
    assert found(text="munchner") == ["Münchner Kampagne"]
    assert found(text="100%") == ["Dhaka Workers 100%"]
    assert found(text="%") == []
    assert found(country="de") == ["Münchner Kampagne"]
    assert found(coalition="south-asia") == ["Dhaka Workers 100%"]
    assert found(side="market") == ["Münchner Kampagne"]
    assert found(side="market", country="BD") == []
    assert countries(session) == ["BD", "DE", "HT"]


def test_the_register_comes_in_pages(session: Session) -> None:
    for number in range(5):
        make_organisation(session, name=f"Union {number}")
    pages = [organisations(session, page=page, per_page=2) for page in (1, 2, 3)]
    assert [[row.name[-1] for row in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


def test_an_organisation_is_told_once_in_its_room_and_by_mail_in_its_language(session: Session) -> None:
    union = make_organisation(session, languages=["bn", "en"], email="office@union.test")
    for _ in range(2):
        tell_organisation(session, union.id, key="call:1", template="call", values={"ref": "UA-7K3F", "days": 3})
    rows = {row.channel: row for row in session.scalars(select(Outgoing))}
    assert {channel: (row.recipient, row.language) for channel, row in rows.items()} == {
        Channel.MATRIX: (f"org:{union.id}", "bn"),
        Channel.MAIL: ("office@union.test", "bn"),
    }
    assert rows[Channel.MAIL].values == {"ref": "UA-7K3F", "days": 3}


def test_lazy_words_are_put_into_the_readers_language(session: Session) -> None:
    union = make_organisation(session, languages=["en-XA"])
    tell_organisation(session, union.id, key="k", template="t", values={"word": lazy("Please fill this in.")})
    word = session.scalars(select(Outgoing)).first()
    assert word is not None and word.values["word"].startswith("[")


def test_an_organisation_without_an_address_is_told_in_its_room(session: Session) -> None:
    union = make_organisation(session, email=None)
    tell_organisation(session, union.id, key="k", template="t", values={})
    assert [row.channel for row in session.scalars(select(Outgoing))] == ["matrix"]


def test_a_frozen_person_is_told_nothing(session: Session) -> None:
    person = make_person(session, make_organisation(session, email=None))
    tell_person(session, person.id, key="a", template="t", values={})
    freeze_person(session, Actor.system(), person_id=person.id)
    tell_person(session, person.id, key="b", template="t", values={})
    told = session.scalars(select(Outgoing).where(Outgoing.recipient == person.email)).all()
    assert [row.key for row in told] == [f"a:{person.id}:mail"]


def test_a_dormant_organisation_comes_back_with_one_word(session: Session) -> None:
    union = make_organisation(session, name="Union")
    delegate = make_actor(session, union, Duty.VOTE)
    with pytest.raises(NotAllowed):
        make_dormant(session, delegate, organisation_id=union.id)
    make_dormant(session, Actor.system(), organisation_id=union.id)
    assert names_on_roll(session) == []
    wake_organisation(session, delegate)
    assert names_on_roll(session) == ["Union"]
    with pytest.raises(Conflict):
        wake_organisation(session, delegate)


def test_a_room_speaks_the_language_its_organisation_chooses(session: Session) -> None:
    union = make_organisation(session)
    member = make_actor(session, union, Duty.FILE)
    choose_room_language(session, member, language="bn")
    assert union.room_language == "bn"
    with pytest.raises(Invalid):
        choose_room_language(session, member, language="tlh")


def test_no_person_admits_alone(session: Session) -> None:
    clerk = make_actor(session, make_organisation(session, secretariat=True), *Duty)
    with pytest.raises(NotAllowed):
        add_coalition(session, clerk, name="Mine")
    with pytest.raises(NotAllowed):
        admit_organisation(session, clerk, name="X", kind="ngo", country="NL", side="market", languages=["nl"])


def test_duty_is_read_from_mandates_that_hold(session: Session) -> None:
    verifying, silent = make_organisation(session), make_organisation(session)
    person = make_person(session, verifying, duties=[Duty.VERIFY])
    make_person(session, silent, duties=[Duty.ACT])
    assert duty_organisations(session, Duty.VERIFY) == [verifying]
    freeze_person(session, Actor.system(), person_id=person.id)
    assert duty_organisations(session, Duty.VERIFY) == []


def test_a_coalition_membership_keeps_its_dates(session: Session) -> None:
    asia = make_coalition(session, name="South Asia")
    union = make_organisation(session, coalition=asia)
    [(coalition, membership)] = coalitions_of(session, union.id)
    assert coalition == asia and membership.since.year == 2014 and membership.until is None


def test_a_member_is_meant_by_its_name_or_its_address_and_nobody_by_a_wrong_one(session: Session) -> None:
    union = make_organisation(session, name="Sewers' Circle")
    for words in ("Sewers' Circle", "  sewers' CIRCLE ", union.slug):
        assert organisation_named(session, words) == union
    for wrong in ("Sewers", "", "%", "x\0"):
        with pytest.raises(Invalid) as refusal:
            organisation_named(session, wrong)
        assert refusal.value.field == "member"
