"""Writing a letter: to whom it goes, what it carries by itself, and which field is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict, GateShut, Invalid
from network_app.letters.queries import (
    paper_of,
)
from network_app.letters.use_cases.drafting import change_letter, open_signing
from network_app.letters.use_cases.releasing import recall_letter
from network_app.letters.use_cases.signing import close_signing
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.registering import set_parent
from tests.factories.letters import (
    SYSTEM,
    Writers,
    make_frozen,
    make_letter,
    make_target,
    make_writers,
)


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


def test_a_letter_about_a_sub_brand_goes_once_to_who_answers_for_it(session: Session, writers: Writers) -> None:
    parent, case = make_target(session), uuid4()
    labels = [make_target(session), make_target(session)]
    for label in labels:
        set_parent(session, SYSTEM, target_id=label.id, parent_id=parent.id)
    letter = make_letter(session, writers, target=labels[0], appeal_id=case)
    assert letter.recipient.name == parent.name
    with pytest.raises(Conflict, match="written to once"):
        make_letter(session, writers, target=labels[1], appeal_id=case)
    recall_letter(session, writers.author, ref=letter.ref, reason="a mistake")
    make_letter(session, writers, target=labels[1], appeal_id=case)


def test_what_may_be_told_the_factory_hangs_on_consent(session: Session, writers: Writers) -> None:
    case = uuid4()
    letter = make_letter(session, writers, appeal_id=case, may_tell_factory=True)
    assert f"appeal:{case}:consent:target_may_tell_factory" in letter.gates
    assert "do not tell the factory" not in paper_of(session, letter).as_text()
    assert "do not tell the factory" in paper_of(session, make_letter(session, writers)).as_text()
    with pytest.raises(Invalid):
        make_letter(session, writers, may_tell_factory=True)


def test_a_letter_to_an_authority_needs_no_verification(session: Session, writers: Writers) -> None:
    ministry = make_target(session, kind=TargetKind.AUTHORITY, home_country="BD")
    letter = make_letter(session, writers, target=ministry, appeal_id=uuid4())
    assert not any(gate.endswith(":verified") for gate in letter.gates)


WRONG: list[tuple[str, dict[str, object]]] = [
    ("subject", {"subject": ""}),
    ("subject", {"subject": "x" * 201}),
    ("subject", {"subject": "one\ntwo"}),
    ("subject", {"subject": "to \u202egnorw"}),
    ("subject", {"subject": "{{targets}}"}),
    ("body", {"body": ""}),
    ("body", {"body": "x" * 20_001}),
    ("body", {"body": "a\x00b"}),
    ("body", {"body": "{{facility}}"}),
    ("body", {"body": "[" * 200}),
    ("language", {"language": "klingon"}),
    ("language", {"language": ""}),
    ("step", {"step": "shout"}),
    ("step", {"step": "reminder"}),
    ("days_to_answer", {"days_to_answer": 0}),
    ("days_to_answer", {"days_to_answer": 1000}),
]


def test_a_draft_that_cannot_be_used_names_its_field(session: Session, writers: Writers) -> None:
    target = make_target(session)
    for field, values in WRONG:
        with pytest.raises(Invalid) as refused:
            make_letter(session, writers, target=target, **values)
        assert refused.value.field == field, values


def test_time_for_signing_ends_in_the_future(session: Session, writers: Writers) -> None:
    with pytest.raises(Invalid):
        make_letter(session, writers, sign_until=clock.now(session) - timedelta(seconds=1))


def test_only_the_organisation_that_wrote_it_changes_it(session: Session, writers: Writers) -> None:
    letter = make_letter(session, writers)
    acts: tuple[Callable[[], object], ...] = (
        lambda: change_letter(session, writers.first, ref=letter.ref, subject="x", body="y"),
        lambda: close_signing(session, writers.first, ref=letter.ref),
        lambda: open_signing(session, writers.first, ref=letter.ref, until=clock.now(session) + timedelta(days=1)),
    )
    for act in acts:
        with pytest.raises(Conflict):
            act()


def test_nobody_speaks_in_public_without_a_campaign(session: Session, writers: Writers) -> None:
    with pytest.raises(GateShut, match="campaign"):
        make_letter(session, writers, step="public")


def test_no_word_of_a_letter_lies_open_in_the_database(session: Session, writers: Writers) -> None:
    letter = make_frozen(session, writers, subject="canary-subject", body="canary-body")
    session.flush()
    row = session.connection().exec_driver_sql("SELECT * FROM letter").mappings().one()
    assert letter.subject == "canary-subject"
    stored = b" ".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row.values())
    assert b"canary" not in stored
