"""What Flask compiles anew for each application, some 400 addresses and every template, is compiled once a session.

Each test has an application of its own; nearly all of the half second that making one takes went into this.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class Remembered(BytecodeCache):
    """Compiled templates by name and source; all our applications compile them in the same way."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before, if anything was."""
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.known[bucket.key, bucket.checksum] = bucket.code


def share() -> None:
    """Let all applications that are made from now on share compiled templates and addresses."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Remembered()}
    # The function that builds a route's address depends on the route's own text alone.
    known: dict[Any, Any] = {}
    ordinary = Rule._compile_builder

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
        if key not in known:
            known[key] = ordinary(rule, append_unknown)
        return known[key]

    Rule._compile_builder = compile_builder  # type: ignore[assignment, method-assign]  # for the tests only
