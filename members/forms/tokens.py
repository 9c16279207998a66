"""What people fill in to let a program act for them."""

from network_app.core.i18n import lazy
from network_app.core.permissions import Duty
from network_app.core.scopes import Scope
from network_app.pages.forms import Count, Form, Line, Several, options


class TokenForm(Form):
    """A token: what for, under which mandates, for how long."""

    name = Line(lazy("What the program is for"), longest=80)
    scopes = Several(lazy("What may it do?"), choices=options(Scope), required=True)
    duties = Several(lazy("Under which of my mandates?"), choices=options(Duty), required=True)
    days = Count(lazy("For how many days"), default=90)
