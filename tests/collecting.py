"""Which tests start a server, and which begin first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

NEED_A_SERVER = {"postgres_databases", "synapse", "browser", "smtp_sink"}
FOLDERS_WITH_SERVERS = {"faults", "e2e"}
# What takes a minute or more. Begun last, one of these would leave the other worker with nothing to do.
LONGEST = (
    "e2e/test_every_page_in_the_browser.py",
    "web/test_every_page_and_form.py",
    "faults/test_bot_survives.py",
    "bots/test_bot_in_real_rooms.py",
    "web/test_matrix.py",
    "faults/test_worker_killed.py",
    "use_cases/votes/test_races.py",
    "web/test_api_fuzzed.py",
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a server, so that `make test-fast` can leave it out; put long files first, small ones last."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        on_postgres = "postgres" in parameters.values()
        if on_postgres or fixtures & NEED_A_SERVER or FOLDERS_WITH_SERVERS & set(item.path.parts):
            item.add_marker(pytest.mark.servers)
    tests_in = Counter(item.path for item in items)
    ranks = {HERE / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (ranks.get(item.path, len(ranks)), -tests_in[item.path], item.path))
