"""Two implementations that share no line must count the same."""

from __future__ import annotations

import ast
import sys
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given

from network_app.votes import recount
from network_app.votes.rules import Position
from network_app.votes.rules.deciding import Frozen, decide
from tests.factories.vote_profiles import ANYTHING, SMALL_ROLLS, Said, many, votes


def as_board(rule: Frozen) -> dict[str, Any]:
    """The roll and the rule as a board has them."""
    return {
        "roll": [
            {"organisation": v.key, "voice": v.key, "country": v.country, "bloc": v.bloc, "speaks": True}
            for v in rule.roll
        ],
        "rule": {
            "network": rule.network,
            "active_organisations": rule.active_organisations,
            "affected_countries": list(rule.affected),
            "written_consents": sorted(rule.written_consents),
            "charter": rule.charter.as_data(),
        },
    }


def both(rule: Frozen, board: dict[str, Any], said: list[Said] | tuple[Said, ...]) -> tuple[Any, Any]:
    """What the application and the script say stands against adoption."""
    spoken: dict[str, Position] = {v.key: one for v, one in zip(rule.roll, said, strict=True) if one}
    ours = [(clause.kind.value, clause.about) for clause in decide(rule, spoken).clauses]
    theirs = recount.decide(board, {key: {"position": one.value} for key, one in spoken.items()})
    return ours, theirs


@many
@given(votes())
def test_the_script_finds_the_same_clauses_on_random_boards(vote: tuple[Frozen, list[Said]]) -> None:
    rule, said = vote
    ours, theirs = both(rule, as_board(rule), said)
    assert ours == theirs


def test_the_script_finds_the_same_clauses_on_every_profile_of_six() -> None:
    rule = SMALL_ROLLS["three pairs, one affected that consented in writing"]
    board = as_board(rule)
    for said in product(ANYTHING[1:], repeat=len(rule.roll)):
        ours, theirs = both(rule, board, said)
        assert ours == theirs, said


def test_an_empty_roll_is_inquorate_for_both() -> None:
    rule = Frozen(roll=(), network=True)
    assert both(rule, as_board(rule), []) == ([("INQUORATE", "")], [("INQUORATE", "")])


def test_the_script_imports_nothing_of_ours_and_nothing_to_install() -> None:
    tree = ast.parse(Path(recount.__file__).read_text(encoding="utf-8"))
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert modules <= set(sys.stdlib_module_names)
