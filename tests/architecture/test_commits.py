"""Seven places commit. Whatever else runs, runs inside one of them, so an act happens whole or not at all."""

from __future__ import annotations

import ast

from tests.architecture.sources import PACKAGES, python_files, tree_of

SEVEN_PLACES = {
    "web request": {"network_app/web/unit_of_work.py", "network_app/web/who.py", "network_app/web/api.py"},
    "worker": {"network_app/worker.py"},
    "command line": {
        "network_app/cli/people.py",
        "network_app/cli/records.py",
        "network_app/cli/tokens.py",
        "network_app/demo/commands.py",
        "network_app/demo/load.py",
        "network_app/demo/chat.py",
    },
    "bot inbox": {"bots/listening.py", "bots/main.py"},
    "bot bridge": {"bots/bridge.py"},
    "outbox pump": {"bots/outbox_pump.py", "bots/rooms.py"},
    "mailer": {"network_app/mailer.py"},
}
# What makes the transactions that the seven use: the network's, and the bot's, which first checks its lease.
MAKERS = {"network_app/core/db.py", "bots/lease.py"}


def commits(tree: ast.Module) -> bool:
    """Whether a module commits: `.commit()`, `transaction(...)`, or a `begin()` of a session, factory or engine."""
    return any(_commits(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def _commits(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id == "transaction"
    if not isinstance(call.func, ast.Attribute):
        return False
    # `process.begin()` sets a process up; it opens no transaction.
    sets_up = isinstance(call.func.value, ast.Name) and call.func.value.id == "process"
    return call.func.attr in ("commit", "transaction") or (call.func.attr == "begin" and not sets_up)


def test_only_the_seven_places_commit() -> None:
    allowed = set().union(*SEVEN_PLACES.values()) | MAKERS
    names = {name for name in python_files(*PACKAGES) if not name.startswith("network_app/migrations/")}
    committing = {name for name in names if commits(tree_of(name))}
    assert committing == allowed


def test_there_are_seven() -> None:
    assert len(SEVEN_PLACES) == 7


def test_every_way_to_commit_is_seen() -> None:
    for source in (
        "session.commit()",
        "with transaction(factory) as s: s.add(x)",
        "with self.lease.transaction() as s: s.add(x)",
        "with factory.begin() as s: s.add(x)",
        "with db.transaction(factory) as s: s.add(x)",
    ):
        assert commits(ast.parse(source)), source
    for source in ("session.flush()", "process.begin()", "with session.begin_nested(): act()", "transaction = 1"):
        assert not commits(ast.parse(source)), source
