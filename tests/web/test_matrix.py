"""Every route for every role and every case: what each gets and what each page shows, held against two tables.

A route without a row fails. After a change that is meant: `MATRIX=write pytest tests/web/test_matrix.py -k table`, then
read the difference (SAFETY W1, requirement 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from network_app.core.db import engine_for, session_factory, transaction
from tests.conftest import begin
from tests.servers import SqliteDatabases
from tests.web.matrix.places import CASES, Place, Places, subject_of
from tests.web.matrix.scene import ROLES, SIGNED_IN, make_scene
from tests.web.matrix.tables import ANSWERS, FIELDS, answers_table, difference, fields_table
from tests.web.matrix.walk import Seen, Walker, filled_forms, make_walker, methods_of, roles_for, routes_of

pytestmark = pytest.mark.timeout(900)
MEMBERS = tuple(role for role in SIGNED_IN if role != "secretariat")


class Matrix:
    """All answers, and what was needed to get them."""

    def __init__(self, walker: Walker, places: dict[str, dict[str, Place]]) -> None:
        self.walker, self.places = walker, places
        self.rules = {rule.endpoint + rule.rule: rule for rule in routes_of(walker.app)}
        self.seen = list(self._walk())

    def _walk(self) -> Iterator[Seen]:
        with filled_forms():
            for key, rule in self.rules.items():
                for method in methods_of(rule):
                    for role in ROLES:
                        for which, place in self.places[key].items():
                            if role in roles_for(rule.endpoint, which):
                                yield self.walker.see(rule, method, role, which, place)


@pytest.fixture(scope="module")
def matrix(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """One populated network, asked for everything by everybody."""
    url, folder = sqlite_databases.fresh(), tmp_path_factory.mktemp("matrix")
    made = make_matrix(url, folder)
    yield made
    made.walker.sessions.engine.dispose()
    sqlite_databases.drop(url)


def make_matrix(url: str, folder: Path) -> Matrix:
    """Fill the database and ask."""
    settings = begin(url, folder)
    engine = engine_for(url)
    with transaction(session_factory(engine)) as session:
        scene = make_scene(session)
    walker = make_walker(settings, engine, scene)
    with session_factory(engine)() as session:
        return Matrix(walker, _places(session, walker))


def _places(session: Session, walker: Walker) -> dict[str, dict[str, Place]]:
    found = Places(session, walker.scene)
    places = {rule.endpoint + rule.rule: found.of(rule) for rule in routes_of(walker.app)}
    session.rollback()
    return places


def test_every_route_answers_each_role_as_the_table_says(matrix: Matrix) -> None:
    changed = difference(ANSWERS, answers_table(matrix.seen))
    assert not changed, "\n".join(["read each line, then MATRIX=write:", *changed])


def test_every_page_shows_each_role_what_the_table_says(matrix: Matrix) -> None:
    changed = difference(FIELDS, fields_table(matrix.seen, matrix.walker.app))
    assert not changed, "\n".join(["read each line, then MATRIX=write:", *changed])


def test_nothing_is_forbidden_broken_or_unknown_to_the_table(matrix: Matrix) -> None:
    # What a test sends to the API by its document alone may miss what only its words say.
    fine = {one.endpoint for one in matrix.seen if one.letter == "b" and one.endpoint.startswith("api.")}
    strange = [one for one in matrix.seen if one.letter == "?" or (one.letter == "b" and one.endpoint not in fine)]
    assert not [(one.method, one.endpoint, one.role, one.which, one.status) for one in strange]


def test_what_was_refused_changed_nothing(matrix: Matrix) -> None:
    wrong = [
        (one.endpoint, one.role, one.which, one.status) for one in matrix.seen if one.changed and one.letter not in "23"
    ]
    assert not wrong


def test_a_restricted_case_leaks_nowhere(matrix: Matrix) -> None:
    scene, leaks = matrix.walker.scene, []
    restricted = scene.cases["restricted"]
    signs = (restricted.ref, str(restricted.id), "Factory restricted", ".restricted.")
    for one in matrix.seen:
        if one.role != "secretariat" and one.which != "restricted":
            leaks += [(one.endpoint, one.role, one.which, sign) for sign in signs if sign in one.text]
        if one.role != "secretariat" and one.canaries and any(name.endswith(".restricted") for name in one.canaries):
            leaks.append((one.endpoint, one.role, one.which, "canary"))
    assert not leaks


def test_a_restricted_case_looks_like_none_to_every_act(matrix: Matrix) -> None:
    wrong = []
    asked = [one for one in matrix.seen if one.which == "restricted" and one.role in MEMBERS]
    asked = [one for one in asked if subject_of(one.endpoint) in CASES]
    assert len(asked) > 200
    none = dict[tuple[str, str, str], str]()
    with filled_forms():
        for one in asked:
            key = next(key for key, rule in matrix.rules.items() if rule.endpoint == one.endpoint)
            rule, place = matrix.rules[key], matrix.places[key]["restricted"]
            if "ref" not in place or one.role not in ("keeper", "delegate"):
                continue
            bare = matrix.walker.see(rule, one.method, one.role, "none", place | {"ref": "UA-NONE"})
            none[(one.endpoint, one.method, one.role)] = bare.page
            said = one.page.replace(str(place["ref"]), "UA-NONE")
            if (bare.status, bare.page) != (one.status, said):
                wrong.append((one.endpoint, one.method, one.role, one.status, bare.status))
    assert len(none) > 60
    assert not wrong


def test_whoever_is_frozen_or_nobody_meets_a_wall_everywhere(matrix: Matrix) -> None:
    by_role = {role: {(s.endpoint, s.method): s.letter for s in matrix.seen if s.role == role} for role in ROLES}
    assert by_role["frozen"] == by_role["stranger"]
    members_only = {key for key, letter in by_role["stranger"].items() if letter == "L"}
    assert len(members_only) > 80
    shown = [one.endpoint for one in matrix.seen if one.role in ("frozen", "stranger") and one.canaries]
    assert not shown
