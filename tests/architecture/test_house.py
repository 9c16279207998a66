"""The house: six domains with the same rooms, and no junk drawer."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

import pytest

from tests.architecture.sources import PACKAGES, files, must_be_none, python_files, text_of, tree_of

DOMAINS = (
    "network_app/targets",
    "network_app/votes",
    "network_app/letters",
    "network_app/campaigns",
    "urgent_appeals",
    "members",
)
ALWAYS = {"rules", "models", "queries", "use_cases", "routes"}
ROOMS = ALWAYS | {"messages", "forms", "api", "jobs", "__init__"}
# Runs alone, with the standard library only, so that anybody can recount a vote without our program.
STANDS_ALONE = {"network_app/votes/recount.py"}
JUNK_DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "services"}
VAGUE = ("Manager", "Service", "Helper", "Handler", "Util", "Utils")


def rooms_of(domain: str) -> set[str]:
    """The rooms of a domain: its modules and packages, by name."""
    inside = [name for name in python_files(domain) if name not in STANDS_ALONE]
    return {PurePosixPath(name).relative_to(domain).parts[0].removesuffix(".py") for name in inside}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_the_same_rooms(domain: str) -> None:
    rooms = rooms_of(domain)
    assert rooms - ROOMS == set(), "rooms that no other domain has"
    assert ALWAYS - rooms == set(), "rooms that every domain has"


def test_nothing_is_added_beside_the_four_packages() -> None:
    tops = {name.split("/")[0] for name in python_files()}
    assert tops == {*PACKAGES, "tests"}


def test_the_package_files_of_the_house_are_empty() -> None:
    names = ["network_app/__init__.py", *(f"{domain}/__init__.py" for domain in DOMAINS)]
    must_be_none([name for name in names if text_of(name).strip()])


def test_there_is_no_junk_drawer() -> None:
    parts = {name: PurePosixPath(name).with_suffix("").parts for name in files() if name.endswith(".py")}
    must_be_none([name for name, path in parts.items() if JUNK_DRAWERS & set(path)])


def test_classes_are_named_for_what_they_are() -> None:
    named = [
        f"{name}: {node.name}"
        for name in python_files(*PACKAGES)
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE)
    ]
    must_be_none(named)


def test_every_module_says_why_it_exists() -> None:
    silent = [
        name for name in python_files(*PACKAGES) if text_of(name).strip() and ast.get_docstring(tree_of(name)) is None
    ]
    must_be_none(silent)
