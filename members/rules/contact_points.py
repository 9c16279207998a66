"""How an organisation is reached, and what for."""

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class ContactKind(Labelled):
    """By which way somebody is reached."""

    MAIL = "mail", lazy("e-mail")
    PHONE = "phone", lazy("telephone")
    SIGNAL = "signal", lazy("Signal")
    ADDRESS = "address", lazy("address of a house")


class ContactPurpose(Labelled):
    """What a contact point is for."""

    NOTICES = "notices", lazy("everything the network tells us")
    DANGER = "danger", lazy("when somebody is in danger")
    OTHER = "other", lazy("anything else")
