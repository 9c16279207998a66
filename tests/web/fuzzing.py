"""Schemathesis over the whole document: every operation, with what fits its description and with what does not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks

from tests.web.programs import Program

# Data of the right form may be refused by the rules (422), by what there is (404, 409), or be known already (304).
ACCEPTED = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429"]
# Where one reads which references there are: the list, the key in it, and the part of an address it fills.
LISTS = (
    ("/appeals", "ref", "/appeals/{ref}"),
    ("/calls", "ref", "/calls/{ref}"),
    ("/votes", "ref", "/votes/{ref}"),
    ("/letters", "ref", "/letters/{ref}"),
    ("/campaigns", "ref", "/campaigns/{ref}"),
    ("/targets", "slug", "/targets/{slug}"),
    ("/facilities", "ref", "/facilities/{ref}"),
    ("/members", "slug", "/members/{slug}"),
    ("/coalitions", "slug", "/coalitions/{slug}"),
)


def places(program: Program) -> dict[str, tuple[str, list[str]]]:
    """Real references, by the beginning of the addresses in which they stand."""
    found = {}
    for path, key, begins in LISTS:
        items = program.get(path).get_json().get("items", [])
        found[begins] = (key, [item[key] for item in items])
    return found


def failures(app: Flask, program: Program, *, examples: int) -> Iterator[str]:
    """Ask every operation `examples` times rightly and as often wrongly; yields each answer that breaks a promise."""
    load_all_checks()
    config = schemathesis.Config.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    # The same choices at every run, so that a finding can be looked at again.
    real, seed = places(program), random.Random(7)  # noqa: S311  # nothing secret is chosen
    for found in schema.get_all_operations():
        operation: Any = found
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            yield from _asked(operation.ok(), mode, program, real, seed, examples=examples)


def _asked(
    operation: Any, mode: GenerationMode, program: Program, real: Any, seed: random.Random, *, examples: int
) -> list[str]:
    broken: list[str] = []
    headers = {"Authorization": f"Bearer {program.token}"}

    def ask(case: Any) -> None:
        _put_in_place(case, real, seed)
        answer = case.call(headers=headers)
        try:
            case.validate_response(answer, headers=headers)
        except BaseExceptionGroup as wrong:
            said = f"{wrong.exceptions} {answer.status_code} {answer.text[:300]}"
            broken.append(f"{operation.label} {mode.value}: {said}")

    some = effort(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    # Where everything fits an operation, there is nothing wrong to send.
    with suppress(Unsatisfiable):
        with_examples: Any = given(operation.as_strategy(generation_mode=mode))
        some(with_examples(ask))()
    return broken


def _put_in_place(case: Any, real: dict[str, tuple[str, list[str]]], seed: random.Random) -> None:
    """Half of the time, ask about what there is."""
    for begins, (key, known) in real.items():
        if case.path.startswith(begins) and known and seed.random() < 0.5:
            case.path_parameters[key] = seed.choice(known)
