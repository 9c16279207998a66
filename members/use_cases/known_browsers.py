"""A mark that a browser keeps after a sign-in, so that guesses from elsewhere never shut its owner out."""

import hmac
import secrets
import uuid

from network_app.core.crypto import keyed_hash


def mark_for(person_id: uuid.UUID) -> str:
    """Make the mark of one browser and one person. It opens nothing; it only counts wrong tries apart."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_seal(nonce, person_id)}"


def knows(mark: str, person_id: uuid.UUID) -> bool:
    """Whether this browser was signed in as this person before."""
    nonce, _, seal = mark[:200].partition(".")
    return bool(seal) and hmac.compare_digest(seal.encode(), _seal(nonce, person_id).encode())


def _seal(nonce: str, person_id: uuid.UUID) -> str:
    return keyed_hash("known-browser", f"{nonce}:{person_id}")
