"""How an organisation is reached, and what for."""

from enum import StrEnum

from network_app.core.i18n import LazyText, lazy


class ContactKind(StrEnum):
    """By which way somebody is reached."""

    MAIL = "mail"
    PHONE = "phone"
    SIGNAL = "signal"
    ADDRESS = "address"

    @property
    def label(self) -> LazyText:
        return CONTACT_LABELS[self]


class ContactPurpose(StrEnum):
    """What a contact point is for."""

    NOTICES = "notices"
    DANGER = "danger"
    OTHER = "other"

    @property
    def label(self) -> LazyText:
        return PURPOSE_LABELS[self]


CONTACT_LABELS: dict[ContactKind, LazyText] = {
    ContactKind.MAIL: lazy("e-mail"),
    ContactKind.PHONE: lazy("telephone"),
    ContactKind.SIGNAL: lazy("Signal"),
    ContactKind.ADDRESS: lazy("address of a house"),
}
PURPOSE_LABELS: dict[ContactPurpose, LazyText] = {
    ContactPurpose.NOTICES: lazy("everything the network tells us"),
    ContactPurpose.DANGER: lazy("when somebody is in danger"),
    ContactPurpose.OTHER: lazy("anything else"),
}
