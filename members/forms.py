"""What people fill in about themselves and about who may act for their organisation."""

from network_app.core.i18n import lazy
from network_app.core.permissions import Duty
from network_app.pages.forms import Choice, Form, Line, Password, Pick, options


class GrantForm(Form):
    """Who may do one more thing for us."""

    handle = Line(lazy("Handle of the person"), longest=40)
    duty = Choice(lazy("What they may do for us"), choices=options(Duty))


class ActForForm(Form):
    """Which of my organisations I act for."""

    organisation = Choice(lazy("Act for"))


class LanguageForm(Form):
    """Which language I read."""

    language = Pick(lazy("Language"))


class PasswordForm(Form):
    """My present password and a new one."""

    old = Password(lazy("Present password"), render_kw={"autocomplete": "current-password"})
    new = Password(lazy("New password"), render_kw={"autocomplete": "new-password"})


class FreezeForm(Form):
    """Whom to cut off."""

    person = Pick(lazy("Whom to freeze"))
