"""What is filled in about who may act for an organisation."""

from network_app.core.i18n import lazy
from network_app.core.permissions import Duty
from network_app.pages.forms import Choice, Count, Day, Form, Line, Password, Several, Tick, options


class GrantForm(Form):
    """Who may do one more thing for us, from when and until when."""

    handle = Line(lazy("Handle of the person"), longest=40)
    duty = Choice(lazy("What they may do for us"), choices=options(Duty))
    first_day = Day(lazy("First day"), required=False)
    last_day = Day(lazy("Last day"), required=False)
    alternate = Tick(lazy("Only as an alternate"))


class HandOverForm(Form):
    """Who does from now on what somebody else did; `version` is the mandate as it was shown."""

    handle = Line(lazy("Handle of the person who takes over"), longest=40)
    version = Count(lazy("State of the mandate"))


class LastDayForm(Form):
    """Until when a mandate holds; empty: until somebody ends it."""

    last_day = Day(lazy("Last day"), required=False)
    version = Count(lazy("State of the mandate"))


class InviteForm(Form):
    """Who is asked in, and to do what for us."""

    note = Line(lazy("Who this is for, in a word that only you understand"), longest=60)
    duties = Several(lazy("What they may do for us"), choices=options(Duty), required=True)
    email = Line(
        lazy("E-mail address"), longest=254, required=False, render_kw={"inputmode": "email", "autocomplete": "off"}
    )
    last_day = Day(lazy("Last day"), required=False)
    alternate = Tick(lazy("Only as an alternate"))


class JoinForm(Form):
    """How somebody who was asked in wants to be known, reached and let in."""

    handle = Line(lazy("Display handle"), longest=40, render_kw={"autocomplete": "nickname", "autocapitalize": "none"})
    email = Line(lazy("E-mail address"), longest=254, render_kw={"autocomplete": "username", "inputmode": "email"})
    password = Password(lazy("Password"), render_kw={"autocomplete": "new-password"})
