"""The project's own files, for tests that read them."""

from __future__ import annotations

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("network_app", "urgent_appeals", "members", "bots")
# Written by Alembic, once, and never edited: their length says nothing.
MIGRATIONS = "network_app/migrations/versions/"


@functools.cache
def files() -> tuple[str, ...]:
    """Every file of the project that git keeps or would keep, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.split("\0")))
    return tuple(name for name in names if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[str]:
    """The Python files below `folders` (everything without any), migrations left out."""
    below = tuple(f"{folder}/" for folder in folders)
    return [
        name
        for name in files()
        if name.endswith(".py") and not name.startswith(MIGRATIONS) and (not below or name.startswith(below))
    ]


def text_of(name: str) -> str:
    """A file's text; what is not UTF-8 text reads as nothing."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def tree_of(name: str) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(text_of(name), filename=name)


def must_be_none(rows: list[str]) -> None:
    """Fail with every row on a line of its own."""
    assert not rows, "\n".join(["", *rows])
