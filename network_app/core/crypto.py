"""Encryption of single fields, bound to their row, with keys that live outside the database and its backups.

A ciphertext moved to another row, column or table does not open. Keys are numbered: the first in FIELD_KEYS writes, all
of them read, so that a key can be replaced while the network runs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Any, overload

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class Keyring:
    """The keys of one installation, as FIELD_KEYS gives them (`2:base64,1:base64`)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys: dict[int, bytes] = {}
        for key in keys:
            number, _, encoded = key.partition(":")
            self._keys[int(number)] = base64.b64decode(encoded)
        self._newest = next(iter(self._keys))
        self._ciphers = {number: AESGCM(key) for number, key in self._keys.items()}
        self._hash_keys: dict[str, bytes] = {}

    def seal(self, data: bytes, context: str) -> bytes:
        """Encrypt `data` so that it opens only together with `context`."""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, data, context.encode())
        return bytes([self._newest]) + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt. Raises cryptography's InvalidTag if a byte or the context differs."""
        return self._ciphers[sealed[0]].decrypt(sealed[1 : NONCE + 1], sealed[NONCE + 1 :], context.encode())

    def keyed_hash(self, purpose: str, text: str) -> str:
        """A hash that nobody can compute or guess backwards without the oldest key."""
        if purpose not in self._hash_keys:
            oldest = self._keys[min(self._keys)]
            self._hash_keys[purpose] = HKDF(SHA256(), 32, salt=None, info=f"hash:{purpose}".encode()).derive(oldest)
        return hmac.new(self._hash_keys[purpose], text.encode(), hashlib.sha256).hexdigest()


_keyring: Keyring | None = None


def use_keys(keys: Sequence[str]) -> None:
    """Set this process's keys, once at start."""
    global _keyring
    _keyring = Keyring(keys)


def keyring() -> Keyring:
    """This process's keys. Raises RuntimeError before use_keys."""
    if _keyring is None:
        raise RuntimeError("field keys are not set")
    return _keyring


def keyed_hash(purpose: str, text: str) -> str:
    """The hash under which a secret number or token is looked up; the secret itself is never stored."""
    return keyring().keyed_hash(purpose, text)


class Sealed:
    """An attribute that reads as text and is stored encrypted in the column `column`.

    The row's id must be set before the text: `Appeal(id=new_id(), account=...)`.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: object | None, owner: type) -> Sealed | str | None:
        if row is None:
            return self
        sealed: bytes | None = getattr(row, self.column)
        return None if sealed is None else keyring().open(sealed, self._context(row)).decode()

    def __set__(self, row: object, text: str | None) -> None:
        setattr(row, self.column, None if text is None else keyring().seal(text.encode(), self._context(row)))

    def _context(self, row: Any) -> str:
        if row.id is None:
            raise ValueError("the row needs its id before a sealed field")
        return f"{row.__tablename__}.{self.column}:{row.id}"
