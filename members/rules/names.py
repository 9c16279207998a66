"""How names, handles and addresses are written in one way, so that no two of them pass for the same."""

import re
import unicodedata

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

SLUG = re.compile(r"[a-z0-9-]{1,60}")
HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*")


def clean_address(text: str, field: str = "email") -> str:
    """Return an e-mail address in its one written form; raises Invalid.

    Safety: only ASCII is taken, so that no look-alike letter (Kelvin sign, dotless i) reaches a second account.
    """
    address = text.strip()
    if not address.isascii() or len(address) > 254 or not ADDRESS.fullmatch(address.lower()):
        raise Invalid(lazy("Give an e-mail address, like name@example.org, in Latin letters."), field=field)
    return address.lower()


def clean_handle(text: str, field: str = "handle") -> str:
    """Return a display handle in its one written form; raises Invalid.

    Safety: a handle is shown instead of a legal name, and letters of one alphabet have no look-alike twins.
    """
    handle = text.strip()
    if not handle.isascii() or not HANDLE.fullmatch(handle.lower()):
        raise Invalid(
            lazy("Choose a handle of Latin letters, digits, dots or dashes, at most 40, not your legal name."),
            field=field,
        )
    return handle.lower()


def fold(text: str) -> str:
    """Return text as the search compares it: small letters, Latin ones without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", "".join(kept))
