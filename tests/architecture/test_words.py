"""What must not stand in any file: machine paths, download hosts, unfinished marks, checks silenced without reason."""

from __future__ import annotations

import io
import re
import tokenize

from tests.architecture.sources import files, must_be_none, python_files, text_of

# Written in halves, so that this file does not contain them.
FORBIDDEN = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "js" + "delivr",
    "un" + "pkg.com",
    "fonts.google" + "apis.com",
    "/work" + "/",
    "/tm" + "p/plan",
    "/tm" + "p/bash_jobs",
    "/root" + "/",
]
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
NOT_HERE = ("__pycache__/", ".venv", "node_modules/", ".egg-info/")
NOT_HERE_ENDINGS = (".pyc", ".mo", ".db", ".sqlite", ".log", ".orig", ".rej", ".swp")

SILENCED = re.compile(
    r"#\s*(noqa|type:\s*ignore|mypy:\s*ignore-errors|pragma:\s*no cover|nosec|fmt:\s*off)\b(.*)", re.S
)
WITH_REASON = {
    "noqa": re.compile(r":\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\s+#\s*\S.{4,}"),
    "type": re.compile(r"\[[\w-]+(?:,\s*[\w-]+)*\]\s+#\s*\S.{4,}"),
}


def forbidden_in(name: str, text: str) -> list[str]:
    """The forbidden strings in a file, with their lines."""
    return [
        f"{name}:{number}: {bad}"
        for number, line in enumerate(text.splitlines(), 1)
        for bad in FORBIDDEN
        if bad in line
    ]


def silenced_without_reason(name: str, text: str) -> list[str]:
    """Comments that silence a check without naming rule and reason on the same line."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        match = SILENCED.search(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        reason = WITH_REASON.get(match[1].partition(":")[0])
        if reason is None or not reason.match(match[2]):
            found.append(f"{name}:{token.start[0]}: {token.string}")
    return found


def test_no_file_names_a_machine_or_a_download_host() -> None:
    must_be_none([row for name in files() for row in forbidden_in(name, text_of(name))])


def test_nothing_is_left_unfinished() -> None:
    names = [name for name in files() if not name.startswith("network_app/demo/data/")]
    must_be_none([name for name in names if UNFINISHED.search(text_of(name))])


def test_a_check_is_silenced_only_with_rule_and_reason() -> None:
    must_be_none([row for name in python_files() for row in silenced_without_reason(name, text_of(name))])


def test_no_generated_file_is_kept() -> None:
    must_be_none(
        [name for name in files() if name.endswith(NOT_HERE_ENDINGS) or any(part in name for part in NOT_HERE)]
    )


def test_each_of_these_would_be_seen() -> None:
    assert forbidden_in("a.md", "fine\nsee " + FORBIDDEN[0]) == ["a.md:2: " + FORBIDDEN[0]]
    assert UNFINISHED.search("# TO" + "DO: later")
    bare = ["x = 1  # no" + "qa", "x = 1  # no" + "qa: S101", "x = 1  # type: ig" + "nore[misc]", "# fmt: o" + "ff"]
    assert [line for line in bare if not silenced_without_reason("a.py", line + "\n")] == []
    good = "x = 1  # no" + "qa: S101, E501  # a reason that can be read"
    assert silenced_without_reason("a.py", good + "\n") == []
