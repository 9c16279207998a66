"""What people fill in about themselves."""

from network_app.core.i18n import lazy
from network_app.pages.forms import Choice, Form, Password, Pick


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
