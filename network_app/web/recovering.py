"""Back in after a lost password or phone, and stopping a recovery that nobody asked for."""

from __future__ import annotations

from members.use_cases.passwords import hash_password
from members.use_cases.recovering import check_tries, recover, stop_recovery
from network_app.core.errors import Invalid, TooMany
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page
from network_app.pages.forms import Form, Line, Password
from network_app.pages.request import beside, db, keep_although_refused, settings, source
from network_app.web.login import CODE, device, pages, welcome

__all__ = ["pages"]
NOTHING = lazy(
    "Nothing opened. Check the address and both codes: each works once, and not for somebody who is frozen. "
    "Without codes, telephone two colleagues; they can vouch for you."
)


class RecoverForm(Form):
    """Address, two codes, and a new password."""

    email = Line(lazy("E-mail address"), longest=254, render_kw={"autocomplete": "username", "inputmode": "email"})
    first = Line(lazy("First code"), longest=60, render_kw=CODE)
    second = Line(lazy("Second code"), longest=60, render_kw=CODE)
    new = Password(lazy("New password"), render_kw={"autocomplete": "new-password"})


@pages.get("/login/recover")
def recovery() -> Answer:
    """Say the ways back in, and ask for two codes."""
    return page("web/recover.html", form=RecoverForm())


@pages.post("/login/recover")
def recover_now() -> Answer:
    """Make a new password with two codes; what opened before is dead."""
    form = RecoverForm()
    # Hashed before the request's transaction begins, and whatever the codes are: nobody waits, and time tells nothing.
    hashed = _hash(form)
    if hashed is None or not form.accepts(
        lambda: recover(
            db(),
            email=form.email.data or "",
            codes=(form.first.data or "", form.second.data or ""),
            hashed=hashed,
            source=source(),
            device=device(),
        )
    ):
        return page("web/recover.html", 422, form=form)
    if form.result is None:
        keep_although_refused()
        form.problems.append(str(NOTHING))
        return page("web/recover.html", 422, form=form)
    return welcome(form.result)


def _hash(form: RecoverForm) -> str | None:
    if not form.validate_on_submit():
        return None
    try:
        with beside() as looking:
            check_tries(looking, email=form.email.data or "", source=source())
        words = (settings().network_name, form.email.data or "")
        return hash_password(form.new.data or "", field="new", context=words)
    except Invalid as refusal:
        form.new.errors = [str(refusal)]
    except TooMany as refusal:
        form.problems.append(str(refusal))
    return None


@pages.get("/login/stop/<token>")
def stop(token: str) -> Answer:
    """Ask whether to stop; a link that is only looked at stops nothing."""
    return page("web/stop_recovery.html", form=Form(), token=token, stopped=None)


@pages.post("/login/stop/<token>")
def stop_now(token: str) -> Answer:
    """Stop the recovery that this link was mailed for."""
    form = Form()
    done = form.accepts(lambda: stop_recovery(db(), token=token))
    return page("web/stop_recovery.html", 200 if done else 422, form=form, token=token, stopped=bool(form.result))
