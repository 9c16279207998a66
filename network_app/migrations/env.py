"""Alembic's entry: runs the revisions on the engine that schema.py hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from network_app.migrations.schema import metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as plain ones: a revision must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl_instance
        return f"sa.{plain!r}"
    return False


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    # Changing a table on SQLite means copying it; foreign keys would refuse the moment in between.
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        render_as_batch=True,
        render_item=render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
