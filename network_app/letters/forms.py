"""What is asked about letters: their text, how one knows that they arrived, what an answer is worth."""

from __future__ import annotations

from network_app.core.i18n import lazy
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.letters.rules.replies import GIVEN_BY_HAND, ContactKind
from network_app.letters.rules.states import Step
from network_app.pages.forms import Choice, Count, Day, Form, Line, Paragraphs, Pick, Tick, WrittenLanguage, options

CLASSES = [(klass.value, klass.label) for klass in GIVEN_BY_HAND]
STEPS = [(step.value, step.label) for step in (Step.PRIVATE, Step.REMINDER)]


class TextForm(Form):
    """The words of a letter."""

    subject = Line(lazy("Subject"))
    body = Paragraphs(lazy("Text"), render_kw={"rows": 18})
    sign_days = Count(lazy("Days for other organisations to sign"), required=False)


class NewForm(TextForm):
    """A letter that does not come from a campaign's ladder."""

    target = Line(lazy("To which company or body"))
    step = Choice(lazy("Kind of letter"), choices=STEPS, default=Step.PRIVATE.value)
    language = WrittenLanguage(lazy("Language of the letter"), default="en")
    demands = Paragraphs(lazy("What is asked, one demand a line"), required=False, longest=4000)
    days_to_answer = Count(lazy("Working days to answer"), default=DAYS_TO_ANSWER)
    danger = Tick(
        lazy("People are in danger: days are calendar days, and it leaves without the ten minutes for an undo"),
    )


class ReasonForm(Form):
    """Why a letter is taken back."""

    reason = Line(lazy("Why it is taken back"), longest=500)


class ResolveForm(Form):
    """What became of a letter of which nobody knew whether it arrived."""

    arrived = Choice(
        lazy("Did the letter arrive?"),
        choices=[("yes", lazy("Yes, they have it")), ("no", lazy("No, send it once more"))],
    )
    how_known = Line(lazy("How do you know?"), longest=1000)


class ProofForm(Form):
    """How a letter was carried to a target without a mail address."""

    proof = Line(lazy("How it was sent, and what proves it"), longest=500)


class ClassForm(Form):
    """What an answer is worth."""

    klass = Choice(lazy("What is this answer worth?"), choices=CLASSES)
    note = Paragraphs(lazy("Note"), required=False, longest=2000)


class ContactForm(Form):
    """A call, a meeting or a mail to one of us."""

    kind = Pick(lazy("How you spoke"), choices=options(ContactKind))
    happened_on = Day(lazy("Day"))
    with_whom = Line(lazy("With whom"), required=False)
    summary = Paragraphs(lazy("What was said"), longest=10_000)
    klass = Pick(
        lazy("If this is their answer: what is it worth?"),
        choices=[("", lazy("It is not the answer")), *CLASSES],
        required=False,
    )
