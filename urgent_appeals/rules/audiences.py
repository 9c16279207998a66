"""Who a text about a case is for: what was written for a narrow circle never stands on a wider one's ground."""

from __future__ import annotations

from enum import StrEnum

from network_app.core.i18n import LazyText, lazy


class Audience(StrEnum):
    """The three circles, from narrow to wide."""

    CASE_TEAM = "case_team"
    NETWORK = "network"
    PUBLIC = "public"

    @property
    def label(self) -> LazyText:
        """The audience in words."""
        return AUDIENCE_LABELS[self]


AUDIENCE_LABELS = {
    Audience.CASE_TEAM: lazy("Case team"),
    Audience.NETWORK: lazy("Network"),
    Audience.PUBLIC: lazy("Public"),
}


class MessageKind(StrEnum):
    """What passes between the filer and the team."""

    QUESTION = "question"
    ANSWER = "answer"
    ADDITION = "addition"
    NEWS = "news"
    # How the team heard something by a second channel. Safety: never shown to the filer's page.
    NOTE = "note"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return MESSAGE_LABELS[self]


MESSAGE_LABELS = {
    MessageKind.QUESTION: lazy("A question to you"),
    MessageKind.ANSWER: lazy("Your answer"),
    MessageKind.ADDITION: lazy("What you added"),
    MessageKind.NEWS: lazy("News"),
    MessageKind.NOTE: lazy("Note of the team"),
}

FROM_FILER = frozenset({MessageKind.ANSWER, MessageKind.ADDITION})
TO_FILER = frozenset({MessageKind.QUESTION, MessageKind.NEWS})


class EvidenceKind(StrEnum):
    """What a file shows."""

    PHOTO = "photo"
    LABEL = "label"
    PAYSLIP = "payslip"
    TERMINATION_LIST = "termination_list"
    CHARGE_SHEET = "charge_sheet"
    PAGE = "page"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return EVIDENCE_LABELS[self]


EVIDENCE_LABELS = {
    EvidenceKind.PHOTO: lazy("Photo"),
    EvidenceKind.LABEL: lazy("Label sewn into the clothes"),
    EvidenceKind.PAYSLIP: lazy("Payslip"),
    EvidenceKind.TERMINATION_LIST: lazy("List of people dismissed"),
    EvidenceKind.CHARGE_SHEET: lazy("Charge sheet"),
    EvidenceKind.PAGE: lazy("Page of a document"),
}


class CustodyAct(StrEnum):
    """What was done with a file."""

    RECEIVED = "received"
    OPENED = "opened"
    CLEARED = "cleared"

    @property
    def label(self) -> LazyText:
        """The act in words."""
        return CUSTODY_LABELS[self]


CUSTODY_LABELS = {
    CustodyAct.RECEIVED: lazy("received"),
    CustodyAct.OPENED: lazy("opened"),
    CustodyAct.CLEARED: lazy("cleared for a wider circle"),
}


class TriageChoice(StrEnum):
    """The two ways triage can end."""

    ACCEPT = "accept"
    DECLINE = "decline"

    @property
    def label(self) -> LazyText:
        """The choice in words."""
        return TRIAGE_LABELS[self]


TRIAGE_LABELS = {
    TriageChoice.ACCEPT: lazy("Take it up and have it verified"),
    TriageChoice.DECLINE: lazy("Decline, with the reason and where else to go"),
}
