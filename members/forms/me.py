"""What people fill in about themselves."""

from network_app.core.i18n import lazy
from network_app.pages.forms import Choice, Form, Line, Password, Pick


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
    """Which colleague to cut off: a button each, so nothing is typed."""

    person = Line(lazy("Whom to freeze"), longest=36)


class HandleForm(Form):
    """Who of another organisation is meant."""

    handle = Line(lazy("Handle of the person"), longest=40)


class ThawForm(Form):
    """Who may come back."""

    whom = Line(lazy("Handle of the person who may come back"), longest=40)
