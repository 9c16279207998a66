"""The demo's people have no phones: the demo itself says their codes, and never on a real network."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from members.use_cases.signing_in import sign_in
from network_app.core import clock
from network_app.core.errors import NotAllowed, NotFound, TooMany
from network_app.demo.codes import code_for
from tests.factories.members import PASSWORD, make_organisation, make_person


def test_each_code_of_the_demo_opens_the_door_until_these_minutes_have_none_left(session: Session) -> None:
    clock.mark_as_demo(session)
    make_person(session, make_organisation(session), handle="sok", email="sok@people.test", password=PASSWORD)
    for _ in range(20):
        entry = sign_in(session, email="sok@people.test", password=PASSWORD, code=code_for(session, "sok"))
        assert entry is not None and entry.problem is None
    with pytest.raises(TooMany):
        code_for(session, "sok")


def test_nobody_makes_a_code_for_somebody_else_on_a_real_network(session: Session) -> None:
    make_person(session, make_organisation(session), handle="sok")
    with pytest.raises(NotAllowed):
        code_for(session, "sok")


def test_a_handle_that_nobody_has_gets_no_code(session: Session) -> None:
    clock.mark_as_demo(session)
    with pytest.raises(NotFound):
        code_for(session, "nobody")
