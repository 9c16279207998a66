"""Small rooms: nobody has to hold more than a screenful in mind to change something safely."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import must_be_none, python_files, text_of, tree_of

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
MOST_REQUIRED = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(name: str, text: str) -> list[str]:
    """The module if it is over its budget."""
    lines = len(text.splitlines())
    return [f"{name}: {lines} lines"] if lines > LONGEST_MODULE else []


def too_long_functions(name: str, tree: ast.Module) -> list[str]:
    """The functions over their budget, counted from `def` to the last line."""
    found = []
    for function in _functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            found.append(f"{name}:{function.lineno} {function.name}: {lines} lines")
    return found


def too_many_arguments(name: str, tree: ast.Module) -> list[str]:
    """The functions that want more than five arguments by position."""
    found = []
    for function in _functions(tree):
        by_position = [*function.args.posonlyargs, *function.args.args]
        required = [one for one in by_position if one.arg not in ("self", "cls")]
        count = len(required) - len(function.args.defaults)
        if count > MOST_REQUIRED:
            found.append(f"{name}:{function.lineno} {function.name}: {count} required arguments by position")
    return found


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_module_is_over_its_budget() -> None:
    must_be_none([row for name in python_files() for row in too_long(name, text_of(name))])


def test_no_function_is_over_its_budget() -> None:
    must_be_none([row for name in python_files() for row in too_long_functions(name, tree_of(name))])


def test_no_function_wants_too_many_arguments_by_position() -> None:
    # A test's arguments are fixtures and parameters, which pytest passes by name.
    names = [name for name in python_files() if not name.startswith("tests/")]
    must_be_none([row for name in names for row in too_many_arguments(name, tree_of(name))])


def test_the_budget_is_counted() -> None:
    body = "    x = 1\n" * 40
    tree = ast.parse(f"def f(a, b, c, d, e, g):\n{body}def h(self, a, b, c, d, e, f=1, *, i, j):\n    return 1\n")
    assert too_long("m.py", "x\n" * 301) == ["m.py: 301 lines"]
    assert too_long("m.py", "x\n" * 300) == []
    assert too_long_functions("m.py", tree) == ["m.py:1 f: 41 lines"]
    assert too_many_arguments("m.py", tree) == ["m.py:1 f: 6 required arguments by position"]
