"""The database's shape: every table in one place, bringing a database to the newest shape, and checking it.

Alembic is used directly, so that no process needs Flask to migrate.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from network_app.core.db import Base

FOLDER = Path(__file__).parent
# Loading these fills Base.metadata.
MODULES_WITH_TABLES = (
    "network_app.core.audit",
    "network_app.core.clock",
    "network_app.core.heartbeat",
    "network_app.core.outbox",
    "network_app.core.schedule",
    "members.models",
    "network_app.targets.models",
    "network_app.votes.models",
    "network_app.letters.models",
    "urgent_appeals.models",
    "network_app.campaigns.models",
    "bots.inbox",
    "bots.lease",
    "bots.registry",
)


def metadata() -> MetaData:
    """Every table of the network."""
    for module in MODULES_WITH_TABLES:
        import_module(module)
    return Base.metadata


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to the newest shape (or to revision `to`)."""
    command.upgrade(_config(engine), to)


def downgrade(engine: Engine, to: str = "base") -> None:
    """Take the database back to revision `to`."""
    command.downgrade(_config(engine), to)


def newest(engine: Engine) -> str | None:
    """The revision that this program works with."""
    return ScriptDirectory.from_config(_config(engine)).get_current_head()


def differences(engine: Engine) -> list[str]:
    """What the migrations and the tables in the code disagree about; none is right."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata())]
