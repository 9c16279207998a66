"""The public side: filing without an account, and coming back with a receipt number.

Works without JavaScript; filing works without cookies too. A receipt number stands in the body of a request only, and
the browser is given the random id of the receipt for half an hour, never the number.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, request

from network_app.core.errors import Invalid
from network_app.core.i18n import current_language, lazy, set_zone
from network_app.core.permissions import Actor, Permission, may
from network_app.core.zones import zone_of_country
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import actor, db, keep_although_refused, source
from urgent_appeals.forms.intake import (
    STEPS,
    AddForm,
    FilingForm,
    KeptForm,
    PressForm,
    ReceiptForm,
    WordsForm,
)
from urgent_appeals.queries.filer import filer_view
from urgent_appeals.routes.open_receipt import ReceiptShut, find_open_receipt, let_in, own_receipt, shut
from urgent_appeals.rules.emergency import EMERGENCY_NUMBERS, REFERRALS
from urgent_appeals.rules.receipts import in_groups, in_numerals
from urgent_appeals.use_cases.brakes import ask_to_stop, take_back
from urgent_appeals.use_cases.consent import stop_publication, withdraw_consent
from urgent_appeals.use_cases.evidence import add_photo, keep_photo
from urgent_appeals.use_cases.intake import Filed, file_appeal, shown_receipt
from urgent_appeals.use_cases.receipts import open_receipt, replace_receipt, retire_receipt
from urgent_appeals.use_cases.talking import add_to_appeal, answer_question, report_retaliation

pages = Blueprint("intake", __name__)
# Somewhere harmless, for the one who has to leave the page at once.
ELSEWHERE = "https://www.wikipedia.org/"
NO_SUCH_NUMBER = lazy("This number does not open anything. Look at each digit on your paper and type it again.")


# ---------------------------------------------------------------- filing


@pages.get("/file")
def start() -> Answer:
    """The first page: help that is faster than we are, and the first question."""
    return _step(FilingForm(), 1)


@pages.post("/file")
def go_on() -> Answer:
    """The next page, the page before, or the whole appeal."""
    form = FilingForm()
    step = _step_sent()
    if "back" in request.form:
        return _step(form, max(1, step - 1))
    if step < len(STEPS):
        wrong = form.first_wrong_step(step)
        return _step(form, step + 1) if wrong is None else _step(form, wrong, 422)
    if form.accepts(lambda: _file(form)):
        return _show_receipt(form.result.receipt, KeptForm(formdata=None, client_id=form.client_id.data))
    form.renew_if_refused()
    return _step(form, form.step_of_problem(), 422)


def _file(form: FilingForm) -> Filed:
    who = _filing_as()
    filed = file_appeal(db(), who, client_id=form.client_id.data or "", story=form.story(), language=current_language())
    if form.photo.data:
        keep_photo(db(), who, filed.appeal, data=form.photo.data)
    return filed


def _filing_as() -> Actor:
    # Somebody who is signed in without the duty to file files like any stranger.
    return actor() if may(actor(), Permission.FILE_APPEAL) else Actor.nobody()


def _step_sent() -> int:
    typed = request.form.get("step", "")
    return min(max(1, int(typed)), len(STEPS)) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 1


def _step(form: FilingForm, step: int, status: int = 200) -> Answer:
    return page(
        "urgent_appeals/file.html",
        status,
        form=form,
        step=step,
        steps=len(STEPS),
        names=STEPS[step - 1],
        emergency=EMERGENCY_NUMBERS,
        referrals=REFERRALS,
        filing_as=_filing_as(),
        # Carried in the address, because a phone may refuse the cookie that remembers it.
        language=current_language(),
    )


@pages.post("/file/kept")
def kept() -> Answer:
    """Type the number again: it proves that it stands on paper, and opens the page behind it."""
    form = KeptForm()
    if _opened(form):
        return see_other("intake.come_back")
    number = shown_receipt(db(), client_id=form.client_id.data or "")
    return _show_receipt(number, form, 422)


def _show_receipt(number: str | None, form: KeptForm, status: int = 200) -> Answer:
    groups = in_groups(number) if number else None
    own = in_numerals(groups, current_language()) if groups else None
    return page("urgent_appeals/receipt.html", status, form=form, groups=groups, own=own if own != groups else None)


@pages.get("/leave")
def leave() -> Answer:
    """Away from here at once, with nothing left behind in the browser that we could take out of it."""
    shut()
    answer = redirect(ELSEWHERE, code=303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


# ---------------------------------------------------------------- coming back


@pages.get("/r")
def come_back() -> Answer:
    """Ask for the number, or show the page it opened."""
    return _own_page() if find_open_receipt() else page("urgent_appeals/come_back.html", form=ReceiptForm())


@pages.post("/r")
def come_in() -> Answer:
    """Open the page behind a receipt number."""
    form = ReceiptForm()
    if _opened(form):
        return see_other("intake.come_back")
    return page("urgent_appeals/come_back.html", 422, form=form)


def _opened(form: ReceiptForm) -> bool:
    """Let in whoever typed a right number. A wrong try is counted, so it is stored although it is refused."""
    if not form.accepts(lambda: open_receipt(db(), typed=form.number.data or "", caller=source())):
        return False
    if form.result is None:
        keep_although_refused()
        form.number.errors = [str(NO_SUCH_NUMBER)]
        return False
    let_in(form.result.id)
    return True


@pages.errorhandler(ReceiptShut)
def ask_again(_error: ReceiptShut) -> Answer:
    """Ask for the number again."""
    return see_other("intake.come_back")


def _own_page(status: int = 200, **forms: object) -> Answer:
    receipt_id = find_open_receipt()
    if receipt_id is None:
        raise ReceiptShut()
    own: dict[str, object] = {
        "add": AddForm(formdata=None),
        "danger": WordsForm(formdata=None, prefix="danger-"),
        "press": PressForm(formdata=None),
    }
    view = filer_view(db(), receipt_id)
    # Whoever filed is no person we know, but lives where the case is.
    set_zone(zone_of_country(view.country))
    own["answers"] = {question.id: WordsForm(formdata=None, prefix=question.id.hex) for question in view.questions}
    return page("urgent_appeals/own.html", status, view=view, **(own | forms))


@pages.post("/r/add")
def add() -> Answer:
    """Tell more, or give a photo."""
    form = AddForm()
    _, filer = own_receipt()

    def act() -> None:
        if not form.text.data and not form.photo.data:
            raise Invalid(lazy("Please write something or choose a photo."), field="text")
        if form.text.data:
            add_to_appeal(db(), filer, text=form.text.data)
        if form.photo.data:
            add_photo(db(), filer, data=form.photo.data)

    return see_other("intake.come_back") if form.accepts(act) else _own_page(422, add=form)


@pages.post("/r/answer/<uuid:question_id>")
def answer(question_id: uuid.UUID) -> Answer:
    """Answer a question of the team."""
    form = WordsForm(prefix=question_id.hex)
    _, filer = own_receipt()
    if form.accepts(lambda: answer_question(db(), filer, question_id=question_id, text=form.text.data or "")):
        return see_other("intake.come_back")
    return _own_page(422, answers={question_id: form})


@pages.post("/r/danger")
def danger() -> Answer:
    """Say that somebody is in danger because of this."""
    form = WordsForm(prefix="danger-")
    _, filer = own_receipt()
    if form.accepts(lambda: report_retaliation(db(), filer, text=form.text.data or "")):
        return see_other("intake.come_back")
    return _own_page(422, danger=form)


@pages.post("/r/stop")
def stop() -> Answer:
    """Stop publication, at once."""
    return _pressed(lambda filer: stop_publication(db(), filer))


@pages.post("/r/stop-everything")
def stop_all() -> Answer:
    """Ask to stop everything; the team confirms by a second channel."""
    return _pressed(lambda filer: ask_to_stop(db(), filer))


@pages.post("/r/take-back")
def take_it_back() -> Answer:
    """Take the appeal back while nobody outside the team knows of it."""
    return _pressed(lambda filer: take_back(db(), filer))


@pages.post("/r/consent")
def take_consent_back() -> Answer:
    """Take a permission back."""
    use = request.form.get("use", "")
    return _pressed(lambda filer: withdraw_consent(db(), filer, use=use))


def _pressed(act: Callable[[Actor], None]) -> Answer:
    form = PressForm()
    _, filer = own_receipt()
    return see_other("intake.come_back") if form.accepts(lambda: act(filer)) else _own_page(422, press=form)


@pages.post("/r/replace")
def replace() -> Answer:
    """Get a new number; the old one opens nothing from now on."""
    form = PressForm()
    receipt_id, filer = own_receipt()
    if not form.accepts(lambda: replace_receipt(db(), filer, receipt_id=receipt_id)):
        return _own_page(422, press=form)
    shut()
    return _show_receipt(form.result[1], KeptForm(formdata=None))


@pages.post("/r/retire")
def retire() -> Answer:
    """Make the number worthless and forget this visit."""
    form = PressForm()
    receipt_id, filer = own_receipt()
    if not form.accepts(lambda: retire_receipt(db(), filer, receipt_id=receipt_id)):
        return _own_page(422, press=form)
    shut()
    return see_other("front.front")


@pages.post("/r/close")
def close() -> Answer:
    """Shut the page; the number opens it again."""
    shut()
    return see_other("front.front")
