"""A passkey device in memory: it makes key pairs, signs challenges, and can be made to cheat."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One device with at most one passkey."""

    origin: str
    verified: bool = True
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """Answer what a browser was asked when a passkey is added."""
        asked = json.loads(options)
        key = self._key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: key.x.to_bytes(32, "big"), -3: key.y.to_bytes(32, "big")})
        named = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(asked["rp"]["id"], WITH_KEY) + named + cose
        sealed = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=sealed)

    def show(self, options: str, *, person: bytes | None = None) -> str:
        """Answer what a browser is asked at the door."""
        asked = json.loads(options)
        data, client = self._data(asked["rpId"], 0), self._client("webauthn.get", asked["challenge"])
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = {"userHandle": person} if person else {}
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signed, **handle)

    def _data(self, site: str, more: int) -> bytes:
        self.count += 1
        flags = PRESENT | (VERIFIED if self.verified else 0) | more
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        named = bytes_to_base64url(self.credential_id)
        said: dict[str, Any] = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": said})
