"""Every act that a person can call is in the audit, which takes no entry without person, organisation and mandate.

Read from the program itself, so that a new use case without an entry fails here.
"""

from __future__ import annotations

import ast
import uuid
from collections import defaultdict

import pytest
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.permissions import Actor, ActorKind
from tests.architecture.sources import must_be_none, python_files, tree_of

# What takes an actor and is no act: it only checks or loads, or is a step of an act that writes its own entry.
NO_ACT = {
    "end_unadmitted": "a step of declining and of taking back",
    "lock_for_workers": "loads",
    "open_case": "loads",
    "own_case": "loads",
    "require_coordinator": "checks",
    "require_fresh": "checks",
    "require_keeper": "checks",
    "require_voice": "checks",
    "start_app": "counts only from the first code that is typed back, which is written",
    "write_message": "a line of a case: each act that writes one stands in the case's own chain",
    "write_note": "a line of a case: each act that writes one stands in the case's own chain",
    "choose_language": "how one reads is nobody's business",
}


def called(node: ast.AST) -> set[str]:
    """The names of everything that is called inside."""
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


def acts_without_an_entry() -> list[str]:
    """Public use cases with an actor from which no way leads to the audit."""
    functions: dict[str, list[tuple[str, ast.FunctionDef]]] = defaultdict(list)
    for name in python_files("members", "network_app", "urgent_appeals"):
        if "/use_cases/" in name:
            for node in tree_of(name).body:
                if isinstance(node, ast.FunctionDef):
                    functions[node.name].append((name, node))
    writing = {"record"}
    while more := {
        name
        for name, found in functions.items()
        if name not in writing and any(called(node) & writing for _, node in found)
    }:
        writing |= more
    return [
        f"{path}: {name}"
        for name, found in functions.items()
        for path, node in found
        if not name.startswith("_") and name not in writing and "actor" in {one.arg for one in node.args.args}
    ]


def test_every_use_case_that_a_person_can_call_leads_to_the_audit() -> None:
    must_be_none([row for row in acts_without_an_entry() if row.rpartition(" ")[2] not in NO_ACT])


def test_no_reason_is_given_for_what_is_gone() -> None:
    assert set(NO_ACT) <= {row.rpartition(" ")[2] for row in acts_without_an_entry()}


@pytest.mark.parametrize("missing", ["person_id", "organisation_id", "mandate_ids"])
def test_the_audit_takes_no_persons_act_without_person_organisation_and_mandate(session: Session, missing: str) -> None:
    whole = {"person_id": uuid.uuid4(), "organisation_id": uuid.uuid4(), "mandate_ids": frozenset({uuid.uuid4()})}
    audit.record(session, Actor(ActorKind.PERSON, **whole), "act", "subject")  # type: ignore[arg-type]  # one of each
    rest = {name: value for name, value in whole.items() if name != missing}
    with pytest.raises(ValueError, match="without an organisation or a mandate"):
        audit.record(session, Actor(ActorKind.PERSON, **rest), "act", "subject")  # type: ignore[arg-type]  # as above
