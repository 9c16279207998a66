"""The programs that act for me: letting one in, seeing when it was last here, and ending it."""

import uuid

from members import queries
from members.forms.tokens import TokenForm
from members.routes.frame import pages
from members.use_cases.tokens import make_token, revoke_token
from network_app.core.permissions import Duty
from network_app.core.scopes import Scope
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Choices
from network_app.pages.request import actor, db, sign_in_id


@pages.get("/me/tokens")
def tokens() -> Answer:
    """Show which programs act for me, and let in another."""
    return _tokens(TokenForm(formdata=None))


def _tokens(form: TokenForm, status: int = 200, secret: str = "") -> Answer:
    form.duties.choices = [*_mine()]
    return page(
        "members/tokens.html",
        status,
        organisation=queries.get_organisation(db(), actor().own_organisation()),
        tokens=queries.tokens_of(db(), actor().own_person()),
        scope_of=Scope,
        form=form,
        secret=secret,
    )


def _mine() -> Choices:
    return [(duty.value, duty.label) for duty in Duty if duty in actor().duties]


@pages.post("/me/tokens")
def new_token() -> Answer:
    """Make a token and show it, this once."""
    form = TokenForm()
    form.duties.choices = [*_mine()]
    if form.accepts(
        lambda: make_token(
            db(),
            actor(),
            name=form.name.data or "",
            scopes=[Scope(scope) for scope in form.scopes.data or []],
            duties=[Duty(duty) for duty in form.duties.data or []],
            days=int(form.days.data or 0),
            sign_in_id=sign_in_id(),
        )
    ):
        _, secret = form.result
        return _tokens(TokenForm(formdata=None), secret=secret)
    return _tokens(form, 422)


@pages.post("/me/tokens/<uuid:token_id>/end")
def end_token(token_id: uuid.UUID) -> Answer:
    """End a program's token at once."""
    revoke_token(db(), actor(), token_id=token_id)
    return see_other("members.tokens")
