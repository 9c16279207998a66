"""A lost phone from freeze to recovery, as docs/how-to/lost-phone.md tells it."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from members.models import ChatIdentity
from members.queries import actor_for, app_of, find_sign_in, person_by_chat
from members.use_cases.factors import make_paper_codes
from members.use_cases.freezing import freeze_person
from members.use_cases.passwords import hash_password
from members.use_cases.recovering import recover
from members.use_cases.signing_in import sign_in
from members.use_cases.thawing import thaw_by_operator, thaw_person
from network_app.core import clock
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Duty
from tests.factories.members import PASSWORD, actor_of, code_of, make_actor, make_organisation, make_person

EMAIL, NEW = "sok@people.test", "lamp oil and paper boats"


def test_a_lost_phone_from_freeze_to_recovery(session: Session) -> None:
    union = make_organisation(session)
    sok = make_person(session, union, duties=[Duty.VOTE], handle="sok", password=PASSWORD)
    colleague = make_actor(session, union, Duty.FILE)
    session.add(ChatIdentity(person_id=sok.id, matrix_id="@sok:x.test", linked_at=clock.now(session)))
    before = sign_in(session, email=EMAIL, password=PASSWORD, code=code_of("sok"))
    assert before is not None
    paper = make_paper_codes(session, actor_of(session, sok), sign_in_id=sign_in_id(session, before.token))

    freeze_person(session, colleague, person_id=sok.id)
    for _ in range(2):
        assert sign_in(session, email=EMAIL, password=PASSWORD, code=code_of("sok")) is None
        assert recover(session, email=EMAIL, codes=(paper[0], paper[1]), hashed=hash_password(NEW)) is None
    assert person_by_chat(session, "@sok:x.test") is None

    assert thaw_person(session, colleague, person_id=sok.id) is False
    with pytest.raises(NotAllowed):
        actor_for(session, sok.id)
    assert thaw_by_operator(session, handle="sok") is True
    # The old phone opens nothing, with its app and even with the password.
    assert sign_in(session, email=EMAIL, password=PASSWORD, code=code_of("sok")) is None
    assert app_of(session, sok.id) is None and person_by_chat(session, "@sok:x.test") is None

    entry = recover(session, email=EMAIL, codes=(paper[0], paper[1]), hashed=hash_password(NEW))
    assert entry is not None and sign_in(session, email=EMAIL, password=NEW) is not None
    assert actor_for(session, sok.id).duties == {Duty.VOTE}


def sign_in_id(session: Session, token: str) -> uuid.UUID:
    """The sign-in behind a browser's token."""
    found = find_sign_in(session, token, clock.now(session))
    assert found is not None
    return found.id
