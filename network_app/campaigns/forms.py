"""What people fill in for a campaign."""

from __future__ import annotations

from network_app.campaigns.rules import Change, End
from network_app.core.i18n import lazy
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.letters.rules.states import Step
from network_app.pages.forms import Choice, Count, Day, Form, Line, Paragraphs, Pick, options


class ProposalForm(Form):
    """A campaign that is put to the vote."""

    title = Line(lazy("What the campaign is called"))
    summary = Paragraphs(lazy("What the members decide on: what happened, what is asked, what will be done"))
    electorate = Pick(lazy("Who decides"))
    targets = Paragraphs(lazy("The companies it addresses, one a line"), longest=2000)
    change = Pick(lazy("What it changes"), choices=options(Change))
    demand = Paragraphs(lazy("What is demanded"), longest=2000)
    cases = Line(lazy("The cases it is for, by reference"), required=False)
    days = Count(lazy("Days until the vote closes"), default=7)


class LetterForm(Form):
    """The next letter on the ladder."""

    subject = Line(lazy("Subject"))
    body = Paragraphs(lazy("The letter, in Markdown"))
    days_to_answer = Count(lazy("Working days to answer"), default=DAYS_TO_ANSWER)
    sign_days = Count(lazy("Days for co-signing"), default=3)


class TalksForm(Form):
    """A rest for talks."""

    until = Day(lazy("Rest the ladder until"))


class EndForm(Form):
    """The end of the ladder for one target."""

    end = Choice(lazy("How it ended"), choices=options(End))


# The template that a step's letter begins with (templates/letters/<slug>/).
TEMPLATE_OF_STEP = {Step.PRIVATE: "private", Step.REMINDER: "reminder"}
