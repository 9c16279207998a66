"""Alembic's entry: runs the revisions on the engine that schema.py hands over."""

from alembic import context

from network_app.migrations.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    # Changing a table on SQLite means copying it; foreign keys would refuse the moment in between.
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection, target_metadata=metadata(), render_as_batch=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
