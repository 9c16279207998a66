"""What people fill in while the network acts: answers to calls, texts, targets, demands, payments, the last word."""

from __future__ import annotations

from wtforms import HiddenField

from network_app.core.i18n import lazy
from network_app.pages.forms import (
    Choice,
    Count,
    Day,
    Form,
    Line,
    Money,
    Paragraphs,
    Pick,
    Several,
    WrittenLanguage,
    options,
)
from urgent_appeals.rules.calls import IN_PUBLIC, Action, CallAnswer
from urgent_appeals.rules.demands import PATHS, DemandKind, PaymentRoute
from urgent_appeals.rules.stages import Outcome
from urgent_appeals.rules.texts import FIELDS

BY_THE_TEAM = [route for route in PaymentRoute if route is not PaymentRoute.TO_WORKERS]


class PressForm(Form):
    """A single button."""


class AnswerForm(Form):
    """What our organisation says to a call."""

    answer = Choice(lazy("Our answer"), choices=options(CallAnswer))
    text = Paragraphs(lazy("Why not, or what we did"), longest=4000, required=False)


class OptOutForm(Form):
    """Not to be asked, about one company or at all."""

    company = Line(lazy("About one company only"), required=False)
    reason = Line(lazy("Why"), longest=300)
    until = Day(lazy("Until when?"), required=False)


class FanOutForm(Form):
    """What the organisations are asked to do. The round is the one that the page showed."""

    round_nr = HiddenField()
    asked = Several(lazy("What would help now?"), required=True)

    def offer(self, *, in_public: bool) -> FanOutForm:
        """Fill the menu; what is seen in public is offered only where it may be asked."""
        self.asked.choices = options(one for one in Action if in_public or one not in IN_PUBLIC)
        return self


class AudienceTextForm(Form):
    """A text for a wider circle, field by field."""

    language = WrittenLanguage(lazy("Language of this text"))

    def written(self) -> dict[str, str]:
        """What was typed, by field."""
        return {field.name: self[field.name].data or "" for field in FIELDS}


for _field in FIELDS:
    _kind = Line if _field.one_line else Paragraphs
    setattr(AudienceTextForm, _field.name, _kind(_field.label, longest=_field.longest, required=_field.required))


class ApprovalForm(Form):
    """Exactly the version that was read."""

    version = HiddenField()
    sha256 = HiddenField()


class TargetForm(Form):
    """A target named by hand."""

    company = Line(lazy("Name of the company or body"))
    reason = Line(lazy("Why it can move something"), longest=300)


class DemandForm(Form):
    """One thing the workers ask for."""

    kind = Choice(lazy("What is asked for?"), choices=options(DemandKind))
    what = Line(lazy("In a few words, without names"))
    amount = Money(lazy("Sum, if it is about money"), required=False)
    currency = Line(lazy("Currency, three letters"), longest=3, required=False)
    wanted = Count(lazy("How many people, if people are counted"), required=False)


class StepForm(Form):
    """Where a demand stands now."""

    state = Pick(lazy("It stands here now"))

    def offer(self, kind: DemandKind) -> StepForm:
        """Fill the steps of this kind."""
        self.state.choices = options(PATHS[kind])
        return self


class ReachedForm(Form):
    """For how many it is reached."""

    reached = Count(lazy("Reached for how many"))


class PaymentForm(Form):
    """A promise, or money that went to the factory or into a fund."""

    route = Choice(lazy("What happened"), choices=options(BY_THE_TEAM))
    amount = Money(lazy("Sum"))
    currency = Line(lazy("Currency, three letters"), longest=3)
    paid_on = Day(lazy("On which day"))
    payer = Line(lazy("Who paid or promised"))
    workers_counted = Count(lazy("For how many workers"), required=False)
    note = Paragraphs(lazy("How we know"), longest=2000, required=False)


class ReceivedForm(Form):
    """What reached the workers, in their word."""

    amount = Money(lazy("How much did the workers receive, all together?"))
    currency = Line(lazy("Currency, three letters"), longest=3)
    paid_on = Day(lazy("On which day"))
    workers_counted = Count(lazy("How many workers received it"), required=False)
    note = Paragraphs(lazy("What others should know"), longest=2000, required=False)


class CloseForm(Form):
    """What came of it, in the workers' word."""

    outcome = Choice(lazy("What came of it?"), choices=options(Outcome))
    word = Paragraphs(lazy("In your words"), longest=4000, required=False)
