"""What every process does first: settings, keys, folder, log."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, cast

import structlog

from network_app.core import config, crypto, files

# Safety: a line of a log may hold ids, states and counts. Anything under these names is dropped before it is written.
NEVER = frozenset({"name", "email", "phone", "body", "text", "password", "token", "code", "receipt", "ip", "address"})

# Safety: these write addresses, tokens and message texts when they may.
TALKATIVE = (
    "nio",
    "aiohttp",
    "peewee",
    "httpx",
    "sqlalchemy.engine",
    "werkzeug",
    "apscheduler",
    "alembic",
    "mail.log",
)


def begin(environ: Mapping[str, str] | None = None) -> config.Settings:
    """Read the settings and set this process up. Raises ConfigError with every problem and its cure."""
    settings = config.load_settings(os.environ if environ is None else environ)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.use(settings)
    crypto.use_keys(settings.field_keys)
    files.use_folder(settings.data_dir)
    begin_log(settings.log_level)
    return settings


class _StandardError:
    """Standard error as it is when a line is written: a logger outlives the stream that it began with."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def begin_log(level: str) -> None:
    """Write one JSON object a line to standard error."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s", force=True)
    for talkative in TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_private,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )


def _drop_private(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in entry.items() if key not in NEVER}
