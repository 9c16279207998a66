"""Forms: the fields people fill in, and one way to run an act on them.

What was typed is never lost: a refused form comes back with everything in it, the field named and told what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    Field,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than WTForms
from wtforms.validators import Optional, StopValidation

from network_app.core.errors import Conflict, GateShut, Invalid, NetworkError, TooMany
from network_app.core.i18n import LazyText, current_language, gettext, lazy, ngettext, written_languages
from network_app.core.texts import clean_line, clean_text
from network_app.pages.request import db

# A text or a LazyText: WTForms only ever prints it, which is when a LazyText is translated.
Label = Any
Choices = Sequence[tuple[str, Label]]


class _Words:
    """WTForms' own few sentences, through our translation."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """The parent of every form."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # flask_wtf ships no types
        locales = False

        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[str] = []
        self.result: Any = None

    def accepts(self, act: Callable[[], Any]) -> bool:
        """Check the fields, then run `act`. False, with every problem at its field, if either refuses.

        The act runs in a savepoint: a refusal half way leaves nothing half-stored.
        """
        if not self.validate_on_submit():
            return False
        try:
            with db().begin_nested():
                self.result = act()
        except (Invalid, Conflict, GateShut, TooMany) as refusal:
            self._refuse(refusal)
            return False
        return True

    def _refuse(self, refusal: NetworkError) -> None:
        field = self._fields.get(refusal.field) if refusal.field else None
        if field is None:
            self.problems.append(str(refusal))
        else:
            field.errors = [*field.errors, str(refusal)]

    @property
    def wrong_fields(self) -> list[Field]:
        """The fields that need a second look, for the list on top of the page."""
        return [field for field in self if field.errors and field.name != "csrf_token"]


def _cleaned(field: Field, clean: Callable[..., str], longest: int, required: bool) -> None:
    try:
        field.data = clean(field.data, field.name, longest=longest, required=required)
    except Invalid as refusal:
        raise StopValidation(str(refusal)) from None


class Line(StringField):
    """One line of text."""

    def __init__(self, label: Label, *, longest: int = 200, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest, self.required = longest, required

    def pre_validate(self, form: Any) -> None:
        _cleaned(self, clean_line, self.longest, self.required)


class Paragraphs(TextAreaField):
    """Text of several lines."""

    def __init__(self, label: Label, *, longest: int = 20_000, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest, self.required = longest, required

    def pre_validate(self, form: Any) -> None:
        _cleaned(self, clean_text, self.longest, self.required)


class Password(Line):
    """A password: as typed, spaces and all."""

    widget = widgets.PasswordInput()

    def pre_validate(self, form: Any) -> None:
        if not self.data or len(self.data) > 1000:
            raise StopValidation(gettext("Please fill this in."))


# Digits of the scripts our filers write; what comes out is always 0-9.
_DIGITS = {
    ord(digit): str(value)
    for script in ("০১২৩৪৫৬৭৮৯", "០១២៣៤៥៦៧៨៩", "၀၁၂၃၄၅၆၇၈၉", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")
    for value, digit in enumerate(script)
}


class _Typed(StringField):
    """A line that means a value: what was typed stays on the screen when it cannot be read."""

    example: LazyText
    data: Any

    def __init__(self, label: Label, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.required = required

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None

    def pre_validate(self, form: Any) -> None:
        typed = self.raw_data[0].strip() if self.raw_data else ""
        if not typed:
            if self.required:
                raise StopValidation(gettext("Please fill this in."))
            return
        try:
            self.data = self.read(typed[:60].translate(_DIGITS))
        except (ValueError, ArithmeticError):
            raise StopValidation(str(self.example)) from None

    def read(self, typed: str) -> Any:
        raise ValueError(typed)


class Count(_Typed):
    """A whole number of people or things, 0 to 10 million."""

    example = lazy("Please write a whole number, for example 350.")

    def read(self, typed: str) -> int:
        number = int(typed.replace(",", "").replace(" ", ""))
        if not 0 <= number <= 10_000_000:
            raise ValueError(typed)
        return number


class Money(_Typed):
    """A sum with at most two decimals."""

    example = lazy("Please write an amount, for example 1400000 or 1,400,000.50.")

    def read(self, typed: str) -> Decimal:
        amount = Decimal(typed.replace(",", "").replace(" ", ""))
        if not amount.is_finite() or not 0 <= amount < 10**13 or amount != round(amount, 2):
            raise InvalidOperation
        return amount


class Day(_Typed):
    """A date."""

    example = lazy("Please write the date as year-month-day, for example 2026-03-31.")
    widget = widgets.DateInput()

    def read(self, typed: str) -> date:
        return date.fromisoformat(typed)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else str(self.data or "")


class _Offering(SelectField):
    """A field whose answers are given as pairs, value and words, as everywhere in this program."""

    def __init__(self, label: Label, *, choices: Choices = (), required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        self.choices, self.required = choices, required

    @property
    def choices(self) -> list[SelectChoice]:
        return self._offered

    @choices.setter
    def choices(self, pairs: Any) -> None:
        self._offered = [SelectChoice(value, words) for value, words in pairs or ()]

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            if self.required:
                raise StopValidation(gettext("Please choose one."))
            self.data = ""
            return
        self._check([self.data])

    def _check(self, chosen: list[str]) -> None:
        if any(choice not in {offered.value for offered in self.choices} for choice in chosen):
            raise ValidationError(gettext("Please choose one of the answers that are offered."))


class Choice(_Offering, RadioField):
    """One of a few answers, all of them visible."""


class Pick(_Offering):
    """One of many answers, from a list that opens."""


class WrittenLanguage(Pick):
    """The language that a text or a conversation was in: any that people write, not only those of the screens."""

    def __init__(self, label: Label, *, required: bool = True, **kwargs: Any) -> None:
        kwargs.setdefault("default", current_language)
        none = [] if required else [("", "-")]
        super().__init__(label, choices=[*none, *written_languages()], required=required, **kwargs)


class Several(_Offering, SelectMultipleField):
    """Any number of answers, as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, label: Label, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, required=required, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.required and not self.data:
            raise StopValidation(gettext("Please choose at least one."))
        self._check(list(self.data or []))


class Tick(BooleanField):
    """Yes or no."""

    def __init__(self, label: Label, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)


class Photo(FileField):
    """A picture that may be left out; `data` becomes its bytes or None."""

    def __init__(self, label: Label, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        sent = next((item for item in valuelist if isinstance(item, FileStorage) and item.filename), None)
        self.data = sent.read() if sent else None


def options(kind: Any) -> list[tuple[str, Label]]:
    """The choices of an enum whose members have a `label`."""
    return [(member.value, member.label) for member in kind]


def form_language() -> str:
    """The language in which this form was shown."""
    return current_language()


def submitted(name: str) -> bool:
    """Whether the button of this name was pressed, on a page with several."""
    return name in request.form
