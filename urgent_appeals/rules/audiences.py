"""Who a text about a case is for: what was written for a narrow circle never stands on a wider one's ground."""

from __future__ import annotations

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class Audience(Labelled):
    """The three circles, from narrow to wide."""

    CASE_TEAM = "case_team", lazy("Case team")
    NETWORK = "network", lazy("Network")
    PUBLIC = "public", lazy("Public")


class MessageKind(Labelled):
    """What passes between the filer and the team."""

    QUESTION = "question", lazy("A question to you")
    ANSWER = "answer", lazy("Your answer")
    ADDITION = "addition", lazy("What you added")
    NEWS = "news", lazy("News")
    # How the team heard something by a second channel. Safety: never shown to the filer's page.
    NOTE = "note", lazy("Note of the team")


FROM_FILER = frozenset({MessageKind.ANSWER, MessageKind.ADDITION})
TO_FILER = frozenset({MessageKind.QUESTION, MessageKind.NEWS})


class EvidenceKind(Labelled):
    """What a file shows."""

    PHOTO = "photo", lazy("Photo")
    LABEL = "label", lazy("Label sewn into the clothes")
    PAYSLIP = "payslip", lazy("Payslip")
    TERMINATION_LIST = "termination_list", lazy("List of people dismissed")
    CHARGE_SHEET = "charge_sheet", lazy("Charge sheet")
    PAGE = "page", lazy("Page of a document")


class CustodyAct(Labelled):
    """What was done with a file."""

    RECEIVED = "received", lazy("received")
    OPENED = "opened", lazy("opened")
    CLEARED = "cleared", lazy("cleared for a wider circle")


class TriageChoice(Labelled):
    """The two ways triage can end."""

    ACCEPT = "accept", lazy("Take it up and have it verified")
    DECLINE = "decline", lazy("Decline, with the reason and where else to go")
