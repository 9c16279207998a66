"""The way in and out for people of member organisations: address and password, then a code; or a passkey."""

from __future__ import annotations

from flask import Blueprint, current_app, request, session

from members.rules import Strength
from members.use_cases.known_browsers import mark_for
from members.use_cases.passkeys import enter_with_passkey, options_to_enter
from members.use_cases.passwords import password_matches
from members.use_cases.signing_in import Claim, Entry, claim_account, fresh_hash, give_code, let_in, sign_out
from network_app.core.errors import TooMany
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form, Line, Password
from network_app.pages.request import beside, db, keep_although_refused, sign_in_token, source, use_sign_in_token

pages = Blueprint("sign_in", __name__)
NO_MATCH = lazy("Address and password do not match. Check both, or ask your organisation's administrator.")
NO_PASSKEY = lazy("This passkey opens nothing here. Sign in with address, password and code, or try again.")
BEGIN_AGAIN = lazy("Ten minutes have passed since the password. Begin again with address and password.")
YEAR = 365 * 24 * 3600
CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "characters", "spellcheck": "false"}


class LoginForm(Form):
    """Address and password; whoever likes gives the code at once."""

    email = Line(lazy("E-mail address"), longest=254, render_kw={"autocomplete": "username", "inputmode": "email"})
    password = Password(lazy("Password"), render_kw={"autocomplete": "current-password"})
    code = Line(lazy("Code"), longest=60, required=False, render_kw=CODE)


class PasskeyForm(Form):
    """What a passkey answered."""

    answer = Line(lazy("Answer of the passkey"), longest=20_000)


class CodeForm(Form):
    """The code that the app shows, or one from paper."""

    code = Line(lazy("Code"), longest=60, render_kw=CODE)


@pages.get("/login")
def login() -> Answer:
    """Ask for address and password."""
    return _ask(LoginForm(), 200)


def _ask(form: LoginForm, status: int = 422) -> Answer:
    return page("web/login.html", status, form=form, options=options_to_enter(db()))


def _ask_code(form: CodeForm, status: int = 422) -> Answer:
    return page("web/login_code.html", status, form=form, options=options_to_enter(db()))


@pages.post("/login")
def login_now() -> Answer:
    """Sign in: a new session, whatever was there before."""
    form = LoginForm()
    tried = _compare(form)
    if tried is None or not form.accepts(lambda: _let_in(form, *tried)):
        return _ask(form)
    if form.result is None:
        keep_although_refused()
        form.problems.append(str(NO_MATCH))
        return _ask(form)
    return _go_on(form.result)


def _compare(form: LoginForm) -> tuple[Claim, bool, str | None] | None:
    """Compare the password before the request's own transaction begins: nobody waits for a lock meanwhile."""
    if not form.validate_on_submit():
        return None
    password = form.password.data or ""
    try:
        with beside() as looking:
            claim = claim_account(looking, email=form.email.data or "", source=source(), known=_mark())
        matches = password_matches(claim.stored, password)
        return claim, matches, fresh_hash(claim, password) if matches else None
    except TooMany as refusal:
        form.problems.append(str(refusal))
        return None


def _let_in(form: LoginForm, claim: Claim, matches: bool, again: str | None) -> Entry | None:
    code, before = form.code.data or "", sign_in_token()
    return let_in(db(), claim, matches=matches, fresh_hash=again, code=code, device=device(), replaces=before)


@pages.get("/login/code")
def code() -> Answer:
    """Ask for the code of the app, or one from paper."""
    return _ask_code(CodeForm(), 200)


@pages.post("/login/code")
def code_now() -> Answer:
    """Give the code, and be in."""
    form = CodeForm()
    if not form.accepts(lambda: give_code(db(), token=sign_in_token() or "", code=form.code.data or "")):
        return _ask_code(form)
    if form.result is None:
        again = LoginForm(formdata=None)
        again.problems.append(str(BEGIN_AGAIN))
        return _ask(again)
    return _go_on(form.result)


def _go_on(entry: Entry) -> Answer:
    if entry.strength is Strength.HALF:
        use_sign_in_token(entry.token)
        if entry.problem is None:
            return see_other("sign_in.code")
        keep_although_refused()
        form = CodeForm(formdata=None)
        form.code.errors = [str(entry.problem)]
        return _ask_code(form)
    return welcome(entry)


def welcome(entry: Entry) -> Answer:
    """Let the browser of somebody who proved who they are in."""
    use_sign_in_token(entry.token)
    answer = see_other("tracking.today")
    answer.set_cookie(
        _mark_name(),
        mark_for(entry.person_id),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return answer


@pages.post("/login/passkey")
def passkey_now() -> Answer:
    """Come in with a passkey, without address and password."""
    form = PasskeyForm()
    answer, before = form.answer.data or "", sign_in_token()
    if form.accepts(lambda: enter_with_passkey(db(), answer=answer, source=source(), device=device(), replaces=before)):
        if form.result is not None:
            return welcome(form.result)
        keep_although_refused()
        form.problems.append(str(NO_PASSKEY))
    again = LoginForm(formdata=None)
    again.problems += form.problems or [str(NO_PASSKEY)]
    return _ask(again)


@pages.post("/logout")
def logout() -> Answer:
    """Sign out here."""
    token = sign_in_token()
    if token:
        sign_out(db(), token=token)
    session.clear()
    return see_other("front.front")


def _mark() -> str:
    return request.cookies.get(_mark_name(), "")


def _mark_name() -> str:
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def device() -> str:
    """What kind of machine the browser says it runs on; nothing finer."""
    agent = request.user_agent.string
    known = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    return next((name for name in known if name in agent), "")
