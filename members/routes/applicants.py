"""The applicant's own pages, by a private link: apply, see where it stands, take it back, begin as a member."""

from flask import Blueprint

from members import queries
from members.forms.mandates import JoinForm
from members.forms.organisations import WishForm, WordForm
from members.routes.applications import wish_of
from members.rules import ApplicationState, InvitationState
from members.use_cases.applying import BEGUN, TOO_OLD, apply, begin_as_member, withdraw_application
from members.use_cases.inviting import REFUSALS
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import db, keep_although_refused

applicants = Blueprint("applying", __name__)
ADDRESS_TAKEN = lazy(
    "With this address no new account can be made. Take another one, or ask the other person to begin."
)


@applicants.get("/apply/<token>")
def stand(token: str) -> Answer:
    """Show an applicant where its application stands, or the form to apply with."""
    return _stand(token)


def _stand(token: str, form: Form | None = None, status: int = 200) -> Answer:
    row = queries.application_by_token(db(), token)
    if row is None:
        return page("errors/error.html", 404, sentence=REFUSALS[InvitationState.UNKNOWN])
    wish = form if isinstance(form, WishForm) else WishForm(formdata=None)
    wish.offer()
    running = row.state not in (ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
    too_old, begun = queries.is_too_old(db(), row), queries.has_begun(db(), row)
    return page(
        "members/apply.html",
        status,
        token=token,
        application=row,
        shut=TOO_OLD if too_old else BEGUN if begun else "",
        invited=row.state is ApplicationState.INVITED and not too_old,
        admitted=row.state is ApplicationState.ADMITTED and not begun,
        running=running and row.state is not ApplicationState.INVITED,
        vouching=sum(sponsor.vouches for sponsor in queries.sponsors_of(db(), row)),
        notice=queries.notice_of(db(), row),
        objections=len(queries.standing_objections(db(), row)),
        wish=wish,
        join=form if isinstance(form, JoinForm) else JoinForm(formdata=None),
        refused=form if isinstance(form, WordForm) else None,
    )


@applicants.post("/apply/<token>")
def send(token: str) -> Answer:
    """Apply."""
    form = WishForm()
    form.offer()
    if form.accepts(lambda: apply(db(), token=token, wish=wish_of(form))):
        return see_other("applying.stand", token=token)
    return _stand(token, form, 422)


@applicants.post("/apply/<token>/withdraw")
def withdraw(token: str) -> Answer:
    """Take the application back."""
    form = WordForm()
    if form.accepts(lambda: withdraw_application(db(), token=token)):
        return see_other("applying.stand", token=token)
    return _stand(token, form, 422)


@applicants.post("/apply/<token>/begin")
def begin(token: str) -> Answer:
    """Make the first administrator of the new member."""
    form = JoinForm()
    if not form.accepts(
        lambda: begin_as_member(
            db(),
            token=token,
            handle=form.handle.data or "",
            email=form.email.data or "",
            password=form.password.data or "",
        )
    ):
        return _stand(token, form, 422)
    if form.result is None:
        keep_although_refused()
        form.email.errors = [str(ADDRESS_TAKEN)]
        return _stand(token, form, 422)
    return see_other("sign_in.login")
