"""Applications, as the members see them: entered, vouched for, objected to."""

import uuid

from members import queries
from members.forms.organisations import EnterForm, InviteBodyForm, MemberForm, ReasonForm, WordForm
from members.routes.frame import pages
from members.rules import OPEN_TO_OBJECTIONS, ApplicationState
from members.use_cases.applying import Wish, ask_sponsor, enter_application, invite_body, vouch
from members.use_cases.coordinating import require_coordinator
from members.use_cases.deciding import object_to, withdraw_objection
from network_app.core.i18n import lazy
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.forms import Form
from network_app.pages.request import actor, db


@pages.get("/members/applications")
def applications() -> Answer:
    """List who asks to become a member."""
    return page("members/applications.html", applications=queries.applications(db()), may_enter=_may_enter())


def _may_enter() -> bool:
    return bool(actor().coordinates) and not actor().secretariat


@pages.get("/members/applications/new")
def new_application() -> Answer:
    """Ask a coordinator what to enter."""
    return _new()


def _new(form: Form | None = None, status: int = 200) -> Answer:
    require_coordinator(actor(), None)
    enter = form if isinstance(form, EnterForm) else EnterForm(formdata=None)
    asked = form if isinstance(form, InviteBodyForm) else InviteBodyForm(formdata=None)
    _offer(enter, asked)
    return page("members/new_application.html", status, enter=enter, invite=asked)


def _offer(*forms: Form) -> None:
    mine = [(str(row.id), row.name) for row in queries.coalitions(db()) if row.id in actor().coordinates]
    for form in forms:
        form["coalition"].choices = [*mine, ("direct", lazy("none: a direct member"))]
        if isinstance(form, EnterForm):
            form.offer()


def _coalition(chosen: str) -> uuid.UUID | None:
    return None if chosen == "direct" else uuid.UUID(chosen)


@pages.post("/members/applications")
def enter() -> Answer:
    """Enter an application that reached me another way."""
    require_coordinator(actor(), None)
    form = EnterForm()
    _offer(form)
    if form.accepts(lambda: _enter(form)):
        return see_other("members.application", ref=form.result[0].ref)
    return _new(form, 422)


def wish_of(form: EnterForm) -> Wish:
    """Read a filled-in wish."""
    return Wish(
        name=form.name.data or "",
        kind=form.kind.data,
        country=form.country.data,
        side=form.side.data,
        languages=[form.language.data],
        about=form.about.data or "",
    )


def _enter(form: EnterForm) -> object:
    return enter_application(
        db(),
        actor(),
        coalition_id=_coalition(form.coalition.data),
        email=form.email.data or "",
        wish=wish_of(form),
        language=form.language.data,
    )


@pages.post("/members/applications/invite")
def invite_to_apply() -> Answer:
    """Send a body the link with which it applies."""
    require_coordinator(actor(), None)
    form = InviteBodyForm()
    _offer(form)
    if form.accepts(
        lambda: invite_body(
            db(),
            actor(),
            coalition_id=_coalition(form.coalition.data),
            email=form.email.data or "",
            language=form.language.data,
        )
    ):
        return page("members/invited_body.html", link=form.result[1])
    return _new(form, 422)


@pages.get("/members/applications/<ref>")
def application(ref: str) -> Answer:
    """Show one application, and where it stands."""
    return _application(ref)


def _application(ref: str, form: Form | None = None, status: int = 200) -> Answer:
    row = queries.get_application(db(), ref)
    voice = queries.has_voice(db(), actor(), row)
    objections = queries.standing_objections(db(), row)
    return page(
        "members/application.html",
        status,
        application=row,
        sponsors=queries.sponsors_of(db(), row),
        objections=objections,
        notice=queries.notice_of(db(), row),
        history=queries.history_of(db(), row.chain),
        may_vouch=voice and row.state is ApplicationState.SPONSORS,
        may_object=voice
        and row.state in OPEN_TO_OBJECTIONS
        and all(one.organisation_id != actor().organisation_id for one in objections),
        may_ask=row.state is ApplicationState.SPONSORS
        and (row.coalition_id in actor().coordinates or (row.coalition_id is None and _may_enter())),
        needs_vote=row.state is ApplicationState.VOTE,
        member_form=form if isinstance(form, MemberForm) else MemberForm(formdata=None),
        reason_form=form if isinstance(form, ReasonForm) else ReasonForm(formdata=None),
        refused=form if isinstance(form, WordForm) else None,
    )


@pages.post("/members/applications/<ref>/vouch")
def vouch_for(ref: str) -> Answer:
    """Say whether my organisation vouches for an applicant."""
    form = WordForm()
    if form.accepts(lambda: vouch(db(), actor(), ref=ref, vouches=form.word.data == "yes")):
        return see_other("members.application", ref=ref)
    return _application(ref, form, 422)


@pages.post("/members/applications/<ref>/sponsors")
def ask_for_word(ref: str) -> Answer:
    """Ask a member to vouch."""
    form = MemberForm()
    if form.accepts(lambda: _ask(ref, form.member.data or "")):
        return see_other("members.application", ref=ref)
    return _application(ref, form, 422)


def _ask(ref: str, name: str) -> None:
    found = queries.organisation_named(db(), name)
    ask_sponsor(db(), actor(), ref=ref, organisation_id=found.id)


@pages.post("/members/applications/<ref>/objections")
def object_against(ref: str) -> Answer:
    """Object for my organisation, with the reason."""
    form = ReasonForm()
    if form.accepts(lambda: object_to(db(), actor(), ref=ref, reason=form.reason.data or "")):
        return see_other("members.application", ref=ref)
    return _application(ref, form, 422)


@pages.post("/members/applications/<ref>/objections/<uuid:objection_id>/withdraw")
def take_objection_back(ref: str, objection_id: uuid.UUID) -> Answer:
    """Take my organisation's objection back."""
    form = WordForm()
    if form.accepts(lambda: withdraw_objection(db(), actor(), objection_id=objection_id)):
        return see_other("members.application", ref=ref)
    return _application(ref, form, 422)
