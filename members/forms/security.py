"""What people fill in about how they get in."""

from network_app.core.i18n import lazy
from network_app.pages.forms import Form, Line, Tick

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class ConfirmForm(Form):
    """The first code that an app makes from its new key."""

    code = Line(lazy("Code"), longest=60, render_kw=CODE)


class PasskeyForm(Form):
    """What a new passkey answered, and what its owner calls it."""

    name = Line(lazy("Name of the passkey"), longest=80, required=False)
    answer = Line(lazy("Answer of the passkey"), longest=20_000)


class VouchForm(Form):
    """Whom I vouch for."""

    handle = Line(lazy("Handle of the person"), longest=40, render_kw={"autocomplete": "off"})
    spoke = Tick(lazy("I spoke with them myself, and know who they are"))
