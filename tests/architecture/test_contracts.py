"""The import contracts hold, and each of them is seen to fail when it is broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, python_files


@dataclass(frozen=True)
class Offence:
    """A line that somebody might write, and the contract that must notice it."""

    contract: str
    module: str
    line: str


OFFENCES = {
    "core asks a domain": Offence("layers", "network_app/core/clock", "import members.queries"),
    "votes ask letters": Offence("layers", "network_app/votes/queries", "import network_app.letters.queries"),
    "members ask the bot": Offence("layers", "members/queries", "import bots.registry"),
    "a stray file in a domain": Offence("rooms", "members/utils", "HERE = 1"),
    "rules ask models": Offence("rooms", "network_app/campaigns/rules", "import network_app.campaigns.models"),
    "queries ask use cases": Offence("rooms", "members/queries", "import members.use_cases"),
    "a use case knows Flask": Offence("plain-inside", "urgent_appeals/use_cases", "import flask"),
    "a query knows the pages": Offence("plain-inside", "members/queries", "import network_app.pages.request"),
    "core knows the scheduler": Offence("plain-inside", "network_app/core/schedule", "import apscheduler"),
    "a second Matrix client": Offence("one-matrix-client", "bots/rooms", "import nio"),
    "a view reads a table": Offence("no-models-outside", "network_app/web/app", "import members.models"),
    "the bot reads a table": Offence("no-models-outside", "bots/bridge", "import urgent_appeals.models"),
    "a domain's page reads a table": Offence("no-models-outside", "members/routes", "import members.models"),
    "siblings ask each other": Offence("no-cycles", "network_app/web/headers", "import network_app.web.app"),
    "a room without a place": Offence("network-app-complete", "network_app/misc", "HERE = 1"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's sources in a folder of their own, to be broken and mended."""
    folder = tmp_path_factory.mktemp("sources")
    for name in [*python_files(*PACKAGES), "pyproject.toml"]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return folder


def lint(folder: Path, *contracts: str) -> str:
    """What import-linter says about the sources in `folder`."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    options = [part for contract in contracts for part in ("--contract", contract)]
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *options], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def place(folder: Path, module: str) -> Path:
    """The file of a module, be it a package, a file, or not there yet."""
    package = folder / module / "__init__.py"
    return package if package.exists() else folder / f"{module}.py"


def test_all_contracts_hold(copy: Path) -> None:
    report = lint(copy)
    assert " 0 broken." in report, report


@pytest.mark.parametrize("offence", OFFENCES.values(), ids=OFFENCES.keys())
def test_a_broken_contract_is_noticed(copy: Path, offence: Offence) -> None:
    path = place(copy, offence.module)
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{offence.line}\n")
    try:
        report = lint(copy, offence.contract)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert "Contracts: 0 kept, 1 broken." in report, report


def test_every_contract_has_an_offence() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {offence.contract for offence in OFFENCES.values()}
