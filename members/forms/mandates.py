"""What is filled in about who may act for an organisation."""

from network_app.core.i18n import lazy
from network_app.core.permissions import Duty
from network_app.pages.forms import Choice, Form, Line, options


class GrantForm(Form):
    """Who may do one more thing for us."""

    handle = Line(lazy("Handle of the person"), longest=40)
    duty = Choice(lazy("What they may do for us"), choices=options(Duty))
