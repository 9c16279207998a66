"""Asking somebody in, and coming in by the link that they were given."""

import uuid

import segno
from markupsafe import Markup

from members import queries
from members.forms.mandates import InviteForm, JoinForm
from members.routes.frame import pages
from members.routes.people import own_organisation_id
from members.rules import INVITATION_LIFE, InvitationState
from members.use_cases.inviting import (
    REFUSALS,
    accept_invitation,
    join_by_invitation,
    make_invitation,
    recall_invitation,
)
from members.use_cases.signing_in import act_for
from network_app.core.errors import NotFound
from network_app.core.i18n import current_language, lazy
from network_app.core.permissions import Duty, Permission, may
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db, keep_although_refused, sign_in_token, use_sign_in_token

ADDRESS_TAKEN = lazy("With this address no new account can be made. If it is yours, sign in, then open the link again.")


@pages.get("/members/<slug>/invitations")
def invitations(slug: str) -> Answer:
    """Ask somebody in, and see which invitations are still open."""
    return _invitations(slug, InviteForm())


def _invitations(slug: str, form: Form, status: int = 200, link: str = "", mailed: bool = False) -> Answer:
    organisation_id = own_organisation_id(slug)
    if not may(actor(), Permission.MANAGE_MEMBERS):
        raise NotFound()
    return page(
        "members/invitations.html",
        status,
        organisation=queries.get_organisation(db(), organisation_id),
        waiting=queries.open_invitations(db(), organisation_id),
        life=INVITATION_LIFE,
        form=form,
        link=link,
        picture=_picture(link) if link else "",
        mailed=mailed,
    )


def _picture(link: str) -> Markup:
    code = segno.make(link, error="m")
    return Markup(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704  # made of squares by segno


@pages.post("/members/<slug>/invitations")
def invite(slug: str) -> Answer:
    """Make an invitation, and show its link once; reloading makes another one."""
    own_organisation_id(slug)
    form = InviteForm()
    if not form.accepts(
        lambda: make_invitation(
            db(),
            actor(),
            note=form.note.data or "",
            duties=[Duty(duty) for duty in form.duties.data or []],
            email=form.email.data or None,
            last_day=form.last_day.data,
            alternate=form.alternate.data,
        )
    ):
        return _invitations(slug, form, 422)
    mailed = bool(form.email.data)
    return _invitations(slug, InviteForm(formdata=None), link="" if mailed else form.result, mailed=mailed)


@pages.post("/members/<slug>/invitations/<uuid:invitation_id>/recall")
def recall(slug: str, invitation_id: uuid.UUID) -> Answer:
    """Take an invitation back."""
    form = Form()
    if form.accepts(lambda: recall_invitation(db(), actor(), invitation_id=invitation_id)):
        return see_other("members.invitations", slug=slug)
    fresh = InviteForm(formdata=None)
    fresh.problems += form.problems
    return _invitations(slug, fresh, 422)


@pages.get("/invited/<token>")
def invited(token: str) -> Answer:
    """Show who asks me in and for what; anybody with the link may look, and looking uses nothing up."""
    return _invited(token, JoinForm())


def _invited(token: str, form: Form, status: int = 200) -> Answer:
    invitation = queries.invitation_by_token(db(), token)
    state = queries.invitation_state(db(), invitation)
    if invitation is None or state is not InvitationState.OPEN:
        # What is past tells nothing more, not even which organisation it was.
        return page("members/invitation_shut.html", 404 if invitation is None else 410, sentence=REFUSALS[state])
    person = queries.get_person(db(), actor().own_person()) if actor().is_person else None
    if isinstance(form, JoinForm) and not form.email.data and not form.is_submitted():
        form.email.data = invitation.email or ""
    return page(
        "members/invited.html",
        status,
        token=token,
        organisation=invitation.organisation,
        duties=[Duty(duty) for duty in invitation.duties],
        invitation=invitation,
        person=person,
        form=form,
    )


@pages.post("/invited/<token>")
def join(token: str) -> Answer:
    """Come in as a new person."""
    form = JoinForm()
    if not form.accepts(
        lambda: join_by_invitation(
            db(),
            token=token,
            handle=form.handle.data or "",
            email=form.email.data or "",
            password=form.password.data or "",
            language=current_language(),
        )
    ):
        return _invited(token, form, 422)
    if form.result is None:
        keep_although_refused()
        form.email.errors = [str(ADDRESS_TAKEN)]
        return _invited(token, form, 422)
    return page("members/joined.html", handle=form.result.handle)


@pages.post("/invited/<token>/accept")
def accept(token: str) -> Answer:
    """Act for one more organisation with the account I am signed in with."""
    form = Form()
    if not form.accepts(lambda: accept_invitation(db(), actor(), token=token)):
        fresh = JoinForm(formdata=None)
        fresh.problems += form.problems
        return _invited(token, fresh, 422)
    use_sign_in_token(act_for(db(), actor(), token=sign_in_token(), organisation_id=form.result))
    return see_other("tracking.today")
