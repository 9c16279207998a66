"""Which receipt is open in this browser: its random id, signed, for half an hour. Never its number."""

from __future__ import annotations

import time
import uuid

from flask import session

from network_app.core.errors import NotAllowed
from network_app.core.permissions import Actor
from network_app.pages.request import db
from urgent_appeals.queries.filer import appeal_of_receipt

KEY = "receipt"
OPEN_FOR_SECONDS = 30 * 60


class ReceiptShut(NotAllowed):
    """No receipt is open in this browser: the number is asked for again."""


def let_in(receipt_id: uuid.UUID) -> None:
    """Open the page behind this receipt in this browser."""
    # Safety: whoever copies the cookie later gets nothing; whoever reads it learns no number.
    session[KEY] = {"id": receipt_id.hex, "until": int(time.time()) + OPEN_FOR_SECONDS}


def shut() -> None:
    """Shut the page; the number opens it again."""
    session.pop(KEY, None)


def find_open_receipt() -> uuid.UUID | None:
    """The receipt that is open here now, if one is and it was not retired."""
    kept = session.get(KEY)
    if not isinstance(kept, dict) or kept.get("until", 0) < time.time():
        return None
    receipt_id = uuid.UUID(hex=kept["id"])
    return receipt_id if appeal_of_receipt(db(), receipt_id) else None


def own_receipt() -> tuple[uuid.UUID, Actor]:
    """The open receipt and its holder, for an act. Raises ReceiptShut."""
    receipt_id = find_open_receipt()
    appeal_id = appeal_of_receipt(db(), receipt_id) if receipt_id else None
    if receipt_id is None or appeal_id is None:
        raise ReceiptShut()
    return receipt_id, Actor.filer(appeal_id)
