"""What the documentation promises is there: tests it names, files it links to, commands it tells people to type."""

from __future__ import annotations

import re
from pathlib import Path

from click import Group

from network_app.cli import main
from tests.architecture.sources import ROOT, files, must_be_none, python_files, text_of

PAGES = [name for name in files() if name.endswith(".md") and (name.startswith("docs/") or "/" not in name)]
THREATS = "docs/threat-model.md"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
MAKE = re.compile(r"(?:`|^ {4})(?:REQUIRE_ALL=1 )?make ([a-z][a-z-]*)", re.M)
COMMAND = re.compile(r"\bnetwork-app ([a-z]+)(?: ([a-z]+))?")
TEST = re.compile(r"`(test_\w+)`")


def rows(text: str) -> list[str]:
    """The rows of all tables on a page, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [
        line
        for at, line in enumerate(lines)
        if not line.startswith("|-") and lines[at + 1 : at + 2] != ["|---|---|---|"]
    ]


def unproved(text: str, known: set[str]) -> list[str]:
    """The rows of a threat model that name neither a test nor say that there is no defence."""
    found = []
    for row in rows(text):
        tests = TEST.findall(row)
        gone = [name for name in tests if name not in known]
        if gone or not (tests or "**not defended**" in row):
            found.append(f"{row[:70]}… {gone}")
    return found


def is_command(words: tuple[str, str]) -> bool:
    """Whether `network-app WORDS` exists."""
    command = main.commands.get(words[0])
    return command is not None and (not isinstance(command, Group) or not words[1] or words[1] in command.commands)


def test_every_line_of_the_threat_model_has_its_test_or_says_not_defended() -> None:
    known = {name for path in python_files("tests") for name in re.findall(r"def (test_\w+)", text_of(path))}
    assert len(rows(text_of(THREATS))) > 20
    must_be_none(unproved(text_of(THREATS), known))


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{page}: {target}"
        for page in PAGES
        for target in LINK.findall(text_of(page))
        if not (ROOT / Path(page).parent / target.strip()).exists()
    ]
    must_be_none(broken)


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*)(?=[ :%-]*:)", text_of("Makefile"), re.M))
    asked = {(page, name) for page in PAGES for name in MAKE.findall(text_of(page))}
    must_be_none(
        [f"{page}: make {name}" for page, name in asked if name not in targets and not name.startswith("bench-")]
    )


def test_every_command_is_there() -> None:
    asked = {(page, words) for page in PAGES for words in COMMAND.findall(text_of(page))}
    assert asked
    must_be_none([f"{page}: network-app {' '.join(words)}" for page, words in asked if not is_command(words)])


def test_each_of_these_would_be_seen() -> None:
    table = "| a | b | c |\n|---|---|---|\n| x | y | `test_gone` |\n| x | y | nothing |\n| x | y | **not defended** |\n"
    assert len(unproved(table, {"test_here"})) == 2
    assert not is_command(("dance", ""))
    assert not is_command(("db", "dance"))
    assert is_command(("db", "upgrade"))
