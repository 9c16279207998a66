"""The form in which workers tell what happened: seven short pages, carried along in the page and nowhere else.

Safety: nothing is kept on the phone or on our side before it is sent; what was typed travels in hidden fields of the
next page, never in an address.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, cast

from wtforms import Field, HiddenField

from network_app.core.i18n import country_name, lazy
from network_app.pages.forms import Choice, Count, Form, Line, Paragraphs, Photo, Pick, Tick
from urgent_appeals.rules.consent import Basis
from urgent_appeals.rules.emergency import COUNTRIES, ELSEWHERE
from urgent_appeals.use_cases.intake import Story

CLOCK_CHOICES = (
    ("danger", lazy("Somebody is in danger now: arrested, beaten, threatened, missing, or the building is not safe")),
    ("harm", lazy("No one is in danger now: wages or severance not paid, dismissed, union not allowed")),
)
# The words are chosen for the person who files; vital interest is decided by the network and not offered here.
BASIS_CHOICES = (
    (Basis.SELF.value, lazy("I am one of the workers")),
    (Basis.UNION_MANDATE.value, lazy("I speak for their union, with its mandate")),
    (Basis.FAMILY.value, lazy("I am of their family")),
    (Basis.LAWYER.value, lazy("I am their lawyer")),
)
# WTForms' own types ask for str; it only ever prints a label, which is when this is translated.
THIS_FORM: Any = lazy("This form")
MAY_SHARE: Any = lazy("Organisations of our network in other countries may be told, so that they can act")
STEPS: tuple[tuple[str, ...], ...] = (
    ("clock", "country"),
    ("account",),
    ("wanted", "workers_count"),
    ("workplace", "place", "brands"),
    ("contact",),
    ("basis", "share_with_network"),
    ("photo",),
)


class OpenForm(Form):
    """A form for people without an account, whose phone may refuse cookies: nothing here borrows anybody's rights."""

    class Meta(Form.Meta):
        csrf = False


class FilingForm(OpenForm):
    """All the questions of an appeal; STEPS says which stand on one page."""

    client_id = HiddenField(THIS_FORM)
    clock = Choice(lazy("Is somebody in danger now?"), choices=CLOCK_CHOICES)
    country = Pick(lazy("In which country?"))
    account = Paragraphs(lazy("What happened?"))
    wanted = Paragraphs(lazy("What do the workers want?"))
    workers_count = Count(lazy("How many workers is it about?"), required=False, render_kw={"inputmode": "numeric"})
    workplace = Line(lazy("Name of the factory"), required=False)
    place = Line(lazy("Town or district"), required=False)
    brands = Line(lazy("Brands you saw on labels or boxes"), longest=2000, required=False)
    contact = Paragraphs(lazy("How can we reach you safely?"), longest=2000, required=False)
    basis = Choice(lazy("Who are you in this?"), choices=BASIS_CHOICES)
    share_with_network = Tick(MAY_SHARE)
    photo = Photo(lazy("A photo"))

    def __init__(self) -> None:
        super().__init__()
        named = sorted((country_name(code), code) for code in COUNTRIES)
        elsewhere = (ELSEWHERE, str(lazy("Another country")))
        self.country.choices = [("", str(lazy("Choose"))), *((code, name) for name, code in named), elsewhere]
        if not self.client_id.data:
            self.client_id.data = secrets.token_hex(16)

    def first_wrong_step(self, through: int) -> int | None:
        """The first page up to `through` (counted from 1) with something to correct."""
        for number, names in enumerate(STEPS[:through], start=1):
            # All fields of a page are looked at, so that every problem is named at once.
            if not all([self[name].validate(self) for name in names]):
                return number
        return None

    def step_of_problem(self) -> int:
        """The page on which the first refused field stands; the last one if it is none of them."""
        wrong = {field.name for field in self.wrong_fields}
        return next((number for number, names in enumerate(STEPS, start=1) if wrong & set(names)), len(STEPS))

    def renew_if_refused(self) -> None:
        """Give the form another id if its own cannot be used, so that sending it once more works."""
        if self.client_id.errors:
            self.client_id.data = secrets.token_hex(16)

    def carried(self, step: int) -> list[tuple[str, str]]:
        """What was answered on the other pages, to travel along: (name, text)."""
        here = {*STEPS[step - 1], "photo", "csrf_token"}
        pairs = [(field.name, _typed(field)) for field in self if field.name not in here]
        return [(name, text) for name, text in pairs if text]

    def story(self) -> Story:
        """What was told, for the use case."""
        return Story(
            clock=self.clock.data,
            country=self.country.data,
            account=self.account.data or "",
            wanted=self.wanted.data or "",
            basis=self.basis.data,
            workplace=self.workplace.data or "",
            place=self.place.data or "",
            brands=self.brands.data or "",
            # A Count holds a number once it is checked, whatever its parent class says.
            workers_count=cast("int | None", self.workers_count.data),
            contact=self.contact.data or "",
            share_with_network=self.share_with_network.data,
        )


def _typed(field: Field) -> str:
    if isinstance(field, Tick):
        return "y" if field.data else ""
    return field._value() if isinstance(field, Count) else field.data or ""


class ReceiptForm(OpenForm):
    """The number on the paper."""

    number = Line(
        lazy("Your receipt number"), render_kw={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
    )


class KeptForm(ReceiptForm):
    """The number typed again, to prove that it was written down."""

    client_id = HiddenField(THIS_FORM)


class OwnForm(Form):
    """A form behind the receipt. Its token shows that the page itself sent it, and not a page elsewhere."""

    def accepts(self, act: Callable[[], Any]) -> bool:
        """As every form; a token that does not fit is said in words, because no field shows it."""
        done = super().accepts(act)
        if not done and self.csrf_token.errors:
            self.problems.append(str(lazy("The page was open for too long. Please press once more.")))
        return done


class AddForm(OwnForm):
    """More words or another photo for an appeal."""

    text = Paragraphs(lazy("Your words"), required=False)
    photo = Photo(lazy("A photo"))


class WordsForm(OwnForm):
    """Words, as an answer or a report."""

    text = Paragraphs(lazy("Your words"))


class PressForm(OwnForm):
    """A single button."""
