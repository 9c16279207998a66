"""The few ways an act can fail, each with a sentence for the person who asked.

Use cases raise these; each entrypoint (web, bot, CLI) maps them once. The sentence says what to do and never anything
about a case.
"""

from __future__ import annotations

from network_app.core.i18n import LazyText, lazy


class NetworkError(Exception):
    """Something a person can understand and act on. `field` names the input that is meant, if one is."""

    default = lazy("This did not work. Please try again.")

    def __init__(self, message: LazyText | str | None = None, *, field: str | None = None) -> None:
        self.message = message if message is not None else self.default
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(NetworkError):
    """What was entered cannot be used."""

    default = lazy("Please check what you entered.")


class NotFound(NetworkError):
    """There is no such thing, or this person may not know of it: the two look the same."""

    default = lazy("There is nothing here, or it is not open to you.")


class NotAllowed(NetworkError):
    """This person's mandates do not cover the act."""

    default = lazy("Your mandate does not cover this. Ask your organisation's administrator.")


class Conflict(NetworkError):
    """Somebody else was first."""

    default = lazy("Somebody else changed this just now. Look at it again, then decide.")


class GateShut(NetworkError):
    """A condition that the network's rules set is not met; the sentence says which."""

    default = lazy("This cannot be done yet.")


class TooMany(NetworkError):
    """Too many tries in a short time."""

    default = lazy("Too many tries. Please wait a few minutes and try again.")
