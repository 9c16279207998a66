"""How I get in: the app on my phone, passkeys, codes on paper, and a colleague who lost the way in."""

import uuid
from collections.abc import Callable

import segno
from markupsafe import Markup

from members import queries
from members.forms.security import ConfirmForm, PasskeyForm
from members.routes.frame import pages
from members.rules.codes import key_uri
from members.use_cases.factors import confirm_app, make_paper_codes, remove_app, remove_passkey, start_app
from members.use_cases.passkeys import add_passkey, options_to_add
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db, settings, sign_in_id, use_sign_in_token


@pages.get("/me/security")
def security() -> Answer:
    """Show how I get in."""
    return show_security()


def show_security(form: Form | None = None, status: int = 200, *, key: str = "", codes: tuple[str, ...] = ()) -> Answer:
    """Render the page; `key` and `codes` are shown this once, `form` brings back what was wrong."""
    person = queries.get_person(db(), actor().own_person())
    waiting = queries.app_of(db(), person.id, confirmed=False)
    confirm = form if isinstance(form, ConfirmForm) else ConfirmForm(formdata=None)
    key = key or (waiting.key or "" if isinstance(form, ConfirmForm) and waiting else "")
    uri = key_uri(key, name=person.handle, network=settings().network_name) if key else ""
    return page(
        "members/security.html",
        status,
        app=queries.app_of(db(), person.id),
        passkeys=queries.passkeys_of(db(), person.id),
        paper_left=queries.paper_codes_left(db(), person.id),
        has_factor=queries.has_factor(db(), person.id),
        problems=form.problems if form is not None and form is not confirm else [],
        confirm_form=confirm,
        key=" ".join(key[start : start + 4] for start in range(0, len(key), 4)),
        qr=_drawn(uri) if uri else "",
        uri=uri,
        codes=codes,
        recovery=queries.open_recovery(db(), person.id),
        person=person,
        passkey_form=form if isinstance(form, PasskeyForm) else PasskeyForm(formdata=None),
        passkey_options=options_to_add(db(), person),
    )


def _drawn(uri: str) -> Markup:
    """The QR code as SVG inside the page: no file of it exists anywhere, and the CSP lets it stand."""
    code = segno.make(uri, error="m")
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704  # made of squares by segno


@pages.post("/me/security/app")
def new_app() -> Answer:
    """Show the key of a new app, once."""
    form = Form()
    if form.accepts(lambda: start_app(db(), actor(), sign_in_id=sign_in_id())):
        return show_security(key=form.result)
    return show_security(form, 422)


@pages.post("/me/security/app/confirm")
def confirm_new_app() -> Answer:
    """Take the app into use, now that it made its first code."""
    form = ConfirmForm()
    if form.accepts(lambda: confirm_app(db(), actor(), sign_in_id=sign_in_id(), code=form.code.data or "")):
        use_sign_in_token(form.result)
        return see_other("members.security")
    return show_security(form, 422)


@pages.post("/me/security/app/remove")
def remove_my_app() -> Answer:
    """Take the app out of use."""
    return _changed(lambda: remove_app(db(), actor(), sign_in_id=sign_in_id()))


@pages.post("/me/security/paper")
def paper_codes() -> Answer:
    """Show a new list of codes to print, once."""
    form = Form()
    if form.accepts(lambda: make_paper_codes(db(), actor(), sign_in_id=sign_in_id())):
        return show_security(codes=tuple(form.result))
    return show_security(form, 422)


@pages.post("/me/security/passkeys")
def keep_new_passkey() -> Answer:
    """Keep a passkey that this browser made."""
    form = PasskeyForm()
    answer, name = form.answer.data or "", form.name.data or ""
    if form.accepts(lambda: add_passkey(db(), actor(), sign_in_id=sign_in_id(), answer=answer, name=name)):
        use_sign_in_token(form.result)
        return see_other("members.security")
    return show_security(form, 422)


@pages.post("/me/security/passkeys/<uuid:passkey_id>/remove")
def remove_my_passkey(passkey_id: uuid.UUID) -> Answer:
    """Take a passkey out of use."""
    return _changed(lambda: remove_passkey(db(), actor(), sign_in_id=sign_in_id(), passkey_id=passkey_id))


def _changed(act: Callable[[], None]) -> Answer:
    form = Form()
    return see_other("members.security") if form.accepts(act) else show_security(form, 422)
