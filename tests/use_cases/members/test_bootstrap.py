"""The first circle from a file, once."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Organisation, Person
from members.queries import actor_for, coalitions, organisation_by_slug, person_by_handle
from members.use_cases.bootstrap import bootstrap
from members.use_cases.signing_in import sign_in
from network_app.core.errors import Conflict, Invalid
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Duty
from tests.factories.members import PASSWORD

CIRCLE: dict[str, Any] = {
    "coalitions": [{"slug": "south-east-asia", "name": "South-East Asia"}],
    "organisations": [
        {
            "name": "Mekong Garment Workers' Union",
            "kind": "union",
            "country": "KH",
            "side": "production",
            "languages": ["km", "en"],
            "joined_on": "2014-05-01",
            "email": "office@mekong.test",
            "coalitions": ["south-east-asia"],
            "fictional": True,
            "people": [
                {"handle": "dara", "email": "dara@mekong.test", "duties": ["vote", "administer"]},
                {"handle": "sok", "email": "sok@mekong.test", "duties": ["file"], "password": PASSWORD},
            ],
        },
        {
            "name": "Network Office",
            "kind": "ngo",
            "country": "NL",
            "side": "market",
            "languages": ["en"],
            "joined_on": "2014-05-01",
            "secretariat": True,
        },
    ],
}


def test_the_first_circle_comes_from_a_file_and_its_people_can_sign_in(session: Session) -> None:
    made = bootstrap(session, deepcopy(CIRCLE))

    union = organisation_by_slug(session, "mekong-garment-workers-union")
    assert union.bloc is not None and union.bloc.name == "South-East Asia"
    assert (union.room_language, union.fictional) == ("km", True)
    assert [coalition.slug for coalition in coalitions(session)] == ["south-east-asia"]
    assert set(made) == {"dara"}
    assert sign_in(session, email="dara@mekong.test", password=made["dara"])
    assert sign_in(session, email="sok@mekong.test", password=PASSWORD)
    dara = person_by_handle(session, "dara")
    assert dara is not None and actor_for(session, dara.id).duties == {Duty.VOTE, Duty.ADMINISTER}
    assert session.scalars(select(Outgoing)).all() == []


def test_it_works_once(session: Session) -> None:
    bootstrap(session, deepcopy(CIRCLE))
    with pytest.raises(Conflict):
        bootstrap(session, deepcopy(CIRCLE))
    assert len(session.scalars(select(Person)).all()) == 2


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["organisations", 0, "people", 0, "duties"], ["rule"], "organisations.0.people.0.duties.0"),
        (["organisations", 0, "coalitions"], ["atlantis"], "atlantis"),
        (["organisations", 0, "bloc"], "atlantis", "bloc"),
        (["organisations", 0, "joined_on"], "yesterday", "joined_on"),
        (["organisations", 0, "colour"], "red", "colour"),
        (["organisations"], [], "organisations"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(session: Session, path: list[Any], value: object, named: str) -> None:
    data = deepcopy(CIRCLE)
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(Invalid) as refused:
        bootstrap(session, data)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [("country", "ZZ"), ("country", "Cambodia"), ("kind", "party"), ("side", "left"), ("languages", []),
     ("email", "x"), ("name", ""), ("name", "a\u202eb"), ("slug", "Big Slug")],
)  # fmt: skip
def test_an_organisation_is_checked_field_by_field(session: Session, field: str, value: object) -> None:
    data = deepcopy(CIRCLE)
    data["organisations"][0][field] = value
    with pytest.raises(Invalid) as refused:
        bootstrap(session, data)
    assert refused.value.field == field


def test_organisations_of_one_name_get_addresses_of_their_own(session: Session) -> None:
    data = deepcopy(CIRCLE)
    data["organisations"][1]["name"] = data["organisations"][0]["name"]
    bootstrap(session, data)
    slugs = set(session.scalars(select(Organisation.slug)))
    assert slugs == {"mekong-garment-workers-union", "mekong-garment-workers-union-2"}
