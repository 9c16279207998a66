"""Everybody's own page: where I am signed in, whom I act for, how I am reached."""

import uuid
from collections.abc import Sequence

from flask import current_app

from members import queries
from members.forms.me import ActForForm, LanguageForm, PasswordForm
from members.routes.frame import pages
from members.rules import LINK_CODE_LIFE
from members.use_cases.chat_links import make_link_code, unlink_chat
from members.use_cases.own_account import (
    change_password,
    choose_language,
    revoke_other_sign_ins,
    revoke_sign_in,
)
from members.use_cases.signing_in import act_for
from network_app.core.i18n import LANGUAGES, lazy
from network_app.core.permissions import Duty
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Choices, Form
from network_app.pages.request import (
    actor,
    db,
    keep_although_refused,
    sign_in_id,
    sign_in_token,
    use_sign_in_token,
)


@pages.get("/me")
def me() -> Answer:
    """Show where I am signed in, whom I act for, and how I am reached."""
    return _me()


def _me(form: Form | None = None, status: int = 200, code: str = "") -> Answer:
    """Render my page; `form` replaces the one of its kind, with what was typed and what was wrong."""
    person = queries.get_person(db(), actor().own_person())
    fresh: tuple[Form, ...] = (
        ActForForm(formdata=None, organisation=str(actor().organisation_id)),
        LanguageForm(formdata=None, language=person.language),
        PasswordForm(formdata=None),
    )
    forms = {type(one): one for one in fresh} | ({type(form): form} if form is not None else {})
    _offer(forms)
    return page(
        "members/me.html",
        status,
        person=person,
        organisation=queries.get_organisation(db(), actor().own_organisation()),
        duties=[duty for duty in Duty if duty in actor().duties],
        sign_ins=queries.sign_ins_of(db(), person.id),
        this_sign_in=sign_in_id(),
        chats=queries.chat_identities(db(), person.id),
        code=code,
        code_minutes=int(LINK_CODE_LIFE.total_seconds() // 60),
        act_for_form=forms[ActForForm],
        language_form=forms[LanguageForm],
        password_form=forms[PasswordForm],
    )


def _offer(forms: dict[type[Form], Form]) -> None:
    """Give the lists their choices, which are this person's own."""
    for kind, name, choices in (
        (ActForForm, "organisation", _my_organisations()),
        (LanguageForm, "language", _languages()),
    ):
        forms[kind][name].choices = choices


def _my_organisations() -> Choices:
    return [(str(row.id), row.name) for row in queries.organisations_of(db(), actor().own_person())]


def _languages() -> Choices:
    offered: Sequence[str] = current_app.config["OFFERED_LANGUAGES"]
    return [(code, LANGUAGES[code].name) for code in offered]


@pages.post("/me/act-for")
def switch() -> Answer:
    """Act for another of my organisations."""
    form = ActForForm()
    form.organisation.choices = [*_my_organisations()]
    if form.accepts(
        lambda: act_for(db(), actor(), token=sign_in_token(), organisation_id=uuid.UUID(form.organisation.data))
    ):
        use_sign_in_token(form.result)
        return see_other("tracking.today")
    return _me(form, 422)


@pages.post("/me/language")
def language() -> Answer:
    """Read everything in another language."""
    form = LanguageForm()
    form.language.choices = [*_languages()]
    if form.accepts(lambda: choose_language(db(), actor(), language=form.language.data)):
        return see_other("members.me", lang=form.language.data)
    return _me(form, 422)


@pages.post("/me/password")
def password() -> Answer:
    """Change my password."""
    form = PasswordForm()
    if not form.accepts(
        lambda: change_password(db(), actor(), old=form.old.data or "", new=form.new.data or "", keep=sign_in_id())
    ):
        return _me(form, 422)
    if not form.result:
        keep_although_refused()
        form.old.errors = [str(lazy("This is not your present password."))]
        return _me(form, 422)
    return see_other("members.me")


@pages.post("/me/sign-ins/<uuid:row_id>/end")
def end_sign_in(row_id: uuid.UUID) -> Answer:
    """Sign out somewhere else, for instance on a lost phone."""
    revoke_sign_in(db(), actor(), sign_in_id=row_id)
    return see_other("members.me", "sign-ins")


@pages.post("/me/sign-ins/end-others")
def end_other_sign_ins() -> Answer:
    """Sign out everywhere but here."""
    revoke_other_sign_ins(db(), actor(), keep=sign_in_id())
    return see_other("members.me", "sign-ins")


@pages.post("/me/link-code")
def link_code() -> Answer:
    """Show, once, the code that links a chat account; reloading makes a new one."""
    return _me(code=make_link_code(db(), actor()))


@pages.post("/me/chats/<uuid:identity_id>/unlink")
def unlink(identity_id: uuid.UUID) -> Answer:
    """Cut one of my chat accounts off."""
    unlink_chat(db(), actor(), identity_id=identity_id)
    return see_other("members.me", "chat")
