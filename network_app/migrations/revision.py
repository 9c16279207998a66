"""Which shape of the database this program works with. Known without Alembic, so that no process has to load it."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

# A test keeps this equal to Alembic's own head.
NEWEST = "0002"


class WrongRevision(Exception):
    """The database has another shape than this program; the message says the cure."""


def current(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def check_revision(engine: Engine) -> None:
    """Refuse to work on another shape. Raises WrongRevision."""
    have = current(engine)
    if have != NEWEST:
        raise WrongRevision(f"database revision {have or 'none'}, program {NEWEST}: run `network-app db upgrade` first")
