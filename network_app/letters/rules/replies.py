"""What comes back: an answer, a machine's note, or silence that somebody checked (DOMAIN 5)."""

from __future__ import annotations

import re
from collections.abc import Collection

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class ReplyKind(Labelled):
    """Who speaks in a mail that came back."""

    ANSWER = "answer", lazy("answer")
    BOUNCE = "bounce", lazy("could not be delivered")
    ABSENCE = "absence", lazy("automatic note of absence")


class ReplyClass(Labelled):
    """What an answer is worth, as a person read it."""

    SUBSTANTIVE = "substantive", lazy("substantive: it answers what was asked")
    PARTIAL = "partial", lazy("partial: it answers some of it")
    TANGENTIAL = "tangential", lazy("tangential: it speaks of something else")
    DENIES_LINK = "denies_link", lazy("denies the link to the factory")
    REFERS_TO_AUDIT = "refers_to_audit", lazy("refers to an audit")
    REFERS_TO_SUPPLIER = "refers_to_supplier", lazy("refers to the supplier")
    NONE_BY_DEADLINE = "none_by_deadline", lazy("no answer by the deadline")


# Silence is not a class one gives to a mail: it is confirmed by a person who looked into the mailbox.
GIVEN_BY_HAND = tuple(klass for klass in ReplyClass if klass is not ReplyClass.NONE_BY_DEADLINE)


class ContactKind(Labelled):
    """How one spoke with a target apart from the letter's own mailbox."""

    CALL = "call", lazy("telephone call")
    MEETING = "meeting", lazy("meeting")
    MAIL = "mail", lazy("mail to one of us")
    WEB_FORM = "web_form", lazy("web form")
    POST = "post", lazy("letter by post")


DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@")
ABSENT = re.compile(r"^\s*(automatic reply|auto[ -]?reply|out of (the )?office|abwesenheit|réponse automatique)", re.I)


def reply_kind(
    from_address: str, subject: str, auto_submitted: str = "", content_type: str = "", sender_path: str | None = None
) -> ReplyKind:
    """Tell an answer from a bounce (RFC 3464, an empty return path) and from a note of absence (RFC 3834)."""
    report = "multipart/report" in content_type.lower() or "delivery-status" in content_type.lower()
    if report or sender_path in ("", "<>") or from_address.lower().startswith(DAEMONS):
        return ReplyKind.BOUNCE
    automatic = auto_submitted.strip().lower().partition(";")[0].strip()
    if automatic not in ("", "no") or ABSENT.match(subject):
        return ReplyKind.ABSENCE
    return ReplyKind.ANSWER


def response_rate(classes: Collection[ReplyClass]) -> tuple[int, int]:
    """How many of the letters whose outcome is known were answered at all, and of how many."""
    answered = sum(klass is not ReplyClass.NONE_BY_DEADLINE for klass in classes)
    return answered, len(classes)
