"""The way in and out for people of member organisations."""

from __future__ import annotations

from flask import Blueprint, request, session

from members.use_cases.signing_in import sign_in, sign_out
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form, Line, Password
from network_app.pages.request import db, keep_although_refused, sign_in_token, source, use_sign_in_token

pages = Blueprint("sign_in", __name__)
NO_MATCH = lazy("Address and password do not match. Check both, or ask your organisation's administrator.")


class LoginForm(Form):
    """Address and password."""

    email = Line(lazy("E-mail address"), longest=254, render_kw={"autocomplete": "username", "inputmode": "email"})
    password = Password(lazy("Password"), render_kw={"autocomplete": "current-password"})


@pages.get("/login")
def login() -> Answer:
    """Ask for address and password."""
    return page("web/login.html", form=LoginForm())


@pages.post("/login")
def login_now() -> Answer:
    """Sign in: a new session, whatever was there before."""
    form = LoginForm()
    if not form.accepts(lambda: _try(form)):
        return page("web/login.html", 422, form=form)
    if form.result is None:
        keep_although_refused()
        form.problems.append(str(NO_MATCH))
        return page("web/login.html", 422, form=form)
    use_sign_in_token(form.result)
    return see_other("tracking.today")


def _try(form: LoginForm) -> str | None:
    return sign_in(
        db(),
        email=form.email.data or "",
        password=form.password.data or "",
        source=source(),
        device=_device(),
        replaces=sign_in_token(),
    )


@pages.post("/logout")
def logout() -> Answer:
    """Sign out here."""
    token = sign_in_token()
    if token:
        sign_out(db(), token=token)
    session.clear()
    return see_other("front.front")


def _device() -> str:
    agent = request.user_agent.string
    known = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    return next((name for name in known if name in agent), "")
