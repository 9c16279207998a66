"""Migrations and tables in the code agree on both databases, and every step can be taken back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, Table, inspect, text

from network_app.core.db import engine_for
from network_app.migrations import revision, schema


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a single table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("postgres_databases").fresh("template1")
    engine = engine_for(url)
    yield engine
    engine.dispose()


def test_the_migrations_make_the_tables_of_the_code(empty: Engine) -> None:
    schema.upgrade(empty)
    assert schema.differences(empty) == []
    revision.check_revision(empty)


def test_a_second_upgrade_changes_nothing(empty: Engine) -> None:
    schema.upgrade(empty)
    before = revision.current(empty)
    schema.upgrade(empty)
    assert revision.current(empty) == before is not None


def test_every_migration_can_be_taken_back(empty: Engine) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty)
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    schema.upgrade(empty)
    assert schema.differences(empty) == []


def test_a_database_of_another_shape_is_refused_with_the_cure(empty: Engine) -> None:
    with pytest.raises(revision.WrongRevision, match="network-app db upgrade"):
        revision.check_revision(empty)


def test_a_forgotten_migration_is_noticed(empty: Engine) -> None:
    schema.upgrade(empty)
    forgotten = Table("forgotten", schema.metadata(), Column("id", Integer, primary_key=True))
    try:
        assert any("forgotten" in difference for difference in schema.differences(empty))
    finally:
        schema.metadata().remove(forgotten)


def test_the_program_and_its_migrations_name_the_same_newest_revision(empty: Engine) -> None:
    assert schema.newest(empty) == revision.NEWEST


BEFORE = """
INSERT INTO coalition (id, slug, name) VALUES (:coalition, 'c', 'C');
INSERT INTO organisation (id, slug, name, folded, kind, country, side, status, languages, room_language, fictional,
    secretariat, bloc_id, monthly_call_cap) VALUES (:first, 'first', 'First', 'first', 'union', 'BD', 'production',
    'active', '["bn"]', 'bn', :no, :no, :coalition, 6);
INSERT INTO coalition_membership (id, organisation_id, coalition_id, since)
    VALUES (:membership, :first, :coalition, '2020-01-01 00:00:00');
"""


def test_members_keep_their_coalitions_when_these_are_put_into_the_order_of_names(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    values = {name: uuid.uuid4().hex for name in ("coalition", "first", "membership")} | {"no": False}
    with empty.begin() as connection:
        for statement in map(text, BEFORE.split(";")[:-1]):
            connection.execute(statement, values)
    kept = text("SELECT organisation_id, until, folded FROM coalition_membership")
    schema.upgrade(empty)
    with empty.connect() as connection:
        [(organisation_id, until, folded)] = connection.execute(kept)
        assert (uuid.UUID(str(organisation_id)).hex, until, folded) == (values["first"], None, "first")
    schema.downgrade(empty, "0001")
    schema.upgrade(empty)
    with empty.connect() as connection:
        assert connection.execute(kept).one().folded == "first"
    assert schema.differences(empty) == []
