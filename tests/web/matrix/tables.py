"""The two tables that people read: what each route answers to each role, and what each page shows to whom.

`MATRIX=write pytest tests/web/test_matrix.py` writes them anew; then read what changed, line by line.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from tests.web.crawling import Page
from tests.web.matrix.scene import ROLES
from tests.web.matrix.walk import CANARY, Seen

ANSWERS = Path(__file__).parent / "answers.txt"
FIELDS = Path(__file__).parent / "fields.txt"
WIDTH = 8
LEGEND = """# What each route answers to each role. One letter for the own case (or thing), then the other, then
# the restricted, then the own case with somebody else's part in its address; a single letter where the address
# names nothing.
#   2 shown   3 done, look there   f the form is refused in words   c not now   x as if it did not exist
#   L sign in first   r type the receipt number first   b not a form of ours
# Frozen people and strangers meet the same wall everywhere, so they are asked for the first thing only.
"""
LABEL = re.compile(r"<(th|dt|label|legend|h1|h2|h3)\b[^>]*>(.*?)</\1>", re.S)
TAG = re.compile(r"<[^>]+>")
# What differs between two networks or two days.
CHANGING = re.compile(r"\b\w+day,\s+\d+\s+\w+\s+\d+|\b[A-Z]{1,2}-[0-9A-Z]{4,}\b|\d[\d,.]*|\b[0-9a-f-]{36}\b")


def answers_table(seen: Iterable[Seen]) -> str:
    """The first table."""
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(lambda: defaultdict(str))
    for one in seen:
        rows[(one.endpoint, one.method)][one.role] += one.letter
    head = f"{'':38}" + " ".join(role[:WIDTH].ljust(WIDTH) for role in ROLES)
    lines = [
        f"{method:6} {endpoint:30} " + " ".join(cells[role].ljust(WIDTH) for role in ROLES)
        for (endpoint, method), cells in sorted(rows.items())
    ]
    return LEGEND + "\n".join(line.rstrip() for line in [head, *lines]) + "\n"


def fields_table(seen: Iterable[Seen], app: Flask) -> str:
    """The second table: the same for all roles once, what differs once for each group of roles."""
    shown: dict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for one in seen:
        if one.method == "GET" and one.status == 200 and one.endpoint != "static":
            shown[(one.endpoint, one.which)][one.role] = contents(one, app)
    lines = [
        "# What each page shows to whom: sealed and private fields, headings and labels, acts that it offers.",
        "",
    ]
    for (endpoint, which), by_role in sorted(shown.items()):
        lines.append(f"{endpoint} {which}")
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for role, found in by_role.items():
            groups[found].append(role)
        for found, roles in sorted(groups.items(), key=lambda pair: ROLES.index(pair[1][0])):
            lines.append(f"    {' '.join(roles)}")
            lines += [f"        {line}" for line in found]
    return "\n".join(lines) + "\n"


def contents(one: Seen, app: Flask) -> tuple[str, ...]:
    """What one answer holds, without its words."""
    secret = sorted(one.canaries)
    if "json" in one.kind:
        names = sorted(set(keys(json.loads(one.text))))
        return (f"sealed: {', '.join(secret) or '-'}", f"fields: {', '.join(names)}")
    if one.kind != "text/html":
        return (f"sealed: {', '.join(secret) or '-'}",)
    # In the order of the alphabet: rows of one instant stand in any order on a page.
    labels = sorted({label for label in (clean(found) for _, found in LABEL.findall(one.text)) if label})
    acts = sorted({act for act in (act_of(form.action, app) for form in Page(one.text).forms) if act})
    return (
        f"sealed: {', '.join(secret) or '-'}",
        f"labels: {' · '.join(labels)}",
        f"acts: {', '.join(acts) or '-'}",
    )


def clean(markup: str) -> str:
    """A label without tags, and without what is another thing tomorrow."""
    return " ".join(CHANGING.sub("#", CANARY.sub("", TAG.sub(" ", markup))).split())


def act_of(action: str, app: Flask) -> str:
    """The view that takes a form; empty for a form that only looks."""
    from werkzeug.exceptions import HTTPException

    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(action).path or "/", method="POST")
    except HTTPException:
        return ""
    return str(endpoint)


def keys(value: Any, above: str = "") -> Iterable[str]:
    """The names in a JSON value, as paths; the names of a list's members once."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{above}.{name}" if above else str(name)
            yield CHANGING.sub("#", path)
            yield from keys(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, f"{above}[]")


def difference(path: Path, now: str) -> list[str]:
    """What the table on record says otherwise, as lines with - and +; with MATRIX=write the table is written anew."""
    import difflib

    if os.environ.get("MATRIX") == "write":
        path.write_text(now, encoding="utf-8")
    then = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(then.splitlines(), now.splitlines(), "on record", "now", lineterm="", n=1)
    return list(lines)
