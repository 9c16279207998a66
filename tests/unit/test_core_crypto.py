"""A sealed field opens in its own place only, and a key can be replaced while people work."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from network_app.core import crypto
from network_app.core.crypto import Keyring, Sealed
from tests.factories.urgent_appeals import make_appeal
from urgent_appeals.models import Appeal


def key(number: int) -> str:
    return f"{number}:{base64.b64encode(bytes([number]) * 32).decode()}"


OLD, NEW = Keyring([key(1)]), Keyring([key(2), key(1)])


@given(data=st.binary(max_size=500), context=st.text(max_size=30))
def test_what_was_sealed_opens_with_its_context(data: bytes, context: str) -> None:
    assert OLD.open(OLD.seal(data, context), context) == data


@given(place=st.integers(1, 44), bit=st.integers(0, 7))
def test_a_changed_bit_does_not_open(place: int, bit: int) -> None:
    sealed = bytearray(OLD.seal(b"sixteen letters.", "a:1"))
    assert len(sealed) == 45
    sealed[place] ^= 1 << bit
    with pytest.raises(InvalidTag):
        OLD.open(bytes(sealed), "a:1")


def test_the_same_text_is_never_sealed_alike() -> None:
    assert OLD.seal(b"text", "a:1") != OLD.seal(b"text", "a:1")


def test_a_new_key_writes_and_the_old_one_still_reads() -> None:
    before = OLD.seal(b"account", "appeal:1")
    assert NEW.open(before, "appeal:1") == b"account"
    after = NEW.seal(b"account", "appeal:1")
    assert (before[0], after[0]) == (1, 2)
    with pytest.raises(KeyError):
        OLD.open(after, "appeal:1")


def test_looking_up_goes_on_working_under_a_new_key_and_differs_by_purpose() -> None:
    assert OLD.keyed_hash("receipt", "1234") == NEW.keyed_hash("receipt", "1234")
    assert OLD.keyed_hash("receipt", "1234") != OLD.keyed_hash("token", "1234")
    assert Keyring([key(3)]).keyed_hash("receipt", "1234") != OLD.keyed_hash("receipt", "1234")


class OwnBase(DeclarativeBase):
    """Tables of this test only."""


class Note(OwnBase):
    """A row with two sealed fields."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_ct: Mapped[bytes | None] = mapped_column(LargeBinary)
    b_ct: Mapped[bytes | None] = mapped_column(LargeBinary)
    a = Sealed("a_ct")
    b = Sealed("b_ct")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_keyring", OLD)


@pytest.mark.usefixtures("keys")
def test_a_sealed_field_reads_as_text_and_nothing_stays_nothing() -> None:
    note = Note(id=1, a="বেতন")
    assert note.a == "বেতন" and note.a_ct is not None and "বেতন".encode() not in note.a_ct
    note.a = None
    assert note.a is None and note.a_ct is None


@pytest.mark.usefixtures("keys")
def test_a_ciphertext_moved_to_another_row_or_column_does_not_open() -> None:
    note, other = Note(id=1, a="for one"), Note(id=2)
    other.a_ct, note.b_ct = note.a_ct, note.a_ct
    for row, field in ((other, "a"), (note, "b")):
        with pytest.raises(InvalidTag):
            getattr(row, field)


@pytest.mark.usefixtures("keys")
def test_a_row_without_id_seals_nothing() -> None:
    with pytest.raises(ValueError, match="needs its id"):
        Note(a="too early")


def test_a_process_without_keys_seals_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_keyring", None)
    with pytest.raises(RuntimeError):
        crypto.keyed_hash("receipt", "1234")


def test_two_cases_whose_accounts_were_exchanged_in_the_database_do_not_open(session: Session) -> None:
    one, other = make_appeal(session), make_appeal(session)
    session.commit()
    other_id = other.id
    taken = session.get_one(Appeal, one.id).account_ct
    assert taken is not None and b"severance" not in taken
    other.account_ct = taken
    session.commit()
    session.expire_all()
    with pytest.raises(InvalidTag):
        _ = session.get_one(Appeal, other_id).account


def test_no_word_of_an_account_stands_readable_in_the_database(session: Session) -> None:
    make_appeal(session, account="The canary sings in Phnom Penh.", contact="canary-contact", wanted="canary-wanted")
    session.commit()
    for table in Appeal.metadata.tables.values():
        for row in session.execute(select(table)).all():
            assert "canary" not in str(tuple(row)).lower()
