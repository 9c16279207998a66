"""What people fill in about targets, workplaces and who is said to buy where."""

from __future__ import annotations

from network_app.core.i18n import country_name, lazy
from network_app.pages.forms import Choice, Choices, Day, Form, Line, Paragraphs, Photo, Pick, WrittenLanguage, options
from network_app.targets.rules import Confidence, Evidence, FacilityStatus, LinkState, Side, Stance, TargetKind
from network_app.targets.rules.countries import all_countries


class CountryForm(Form):
    """The parent of forms that ask for a country."""

    def __init__(self) -> None:
        super().__init__()
        self["country"].choices = country_choices(self["country"].required)


def country_choices(required: bool) -> Choices:
    """All countries in the order of their names in the reader's language."""
    named = sorted(((code, country_name(code)) for code in all_countries()), key=lambda pair: pair[1])
    return [("", lazy("Please choose") if required else lazy("Not known")), *named]


class TargetForm(CountryForm):
    """A target that is not on record yet."""

    name = Line(lazy("Name"))
    kind = Pick(lazy("What it is"), choices=options(TargetKind))
    country = Pick(lazy("Home country"), required=False)
    source = Line(lazy("How do we know?"), longest=500)


class AliasForm(Form):
    """Another name."""

    name = Line(lazy("Another name"))
    source = Line(lazy("How do we know?"), longest=500, required=False, id="alias-source")


class ParentForm(Form):
    """Who stands above."""

    parent_id = Line(lazy("Name of the company above it"), required=False)


class ContactForm(Form):
    """Where letters go."""

    email = Line(lazy("Mail address"))
    language = WrittenLanguage(lazy("Language of letters"))
    source = Line(lazy("How do we know?"), longest=500, id="contact-source")


class FacilityForm(CountryForm):
    """A workplace that is not on record yet."""

    name = Line(lazy("Name of the workplace"), longest=300)
    country = Pick(lazy("Country"))
    address = Line(lazy("Address"), longest=800, required=False)
    source = Line(lazy("How do we know?"), longest=500)


class StatusForm(Form):
    """What became of a workplace."""

    status = Choice(
        lazy("What became of it"),
        choices=[pair for pair in options(FacilityStatus) if pair[0] != FacilityStatus.MERGED.value],
    )
    since = Day(lazy("Since"), required=False)


class JoinForm(Form):
    """Which other record is the same workplace."""

    joined_id = Line(lazy("Reference of the other record (F-...)"), longest=20)


class ClaimForm(Form):
    """A claim that a brand buys here."""

    brand = Line(lazy("Brand"))
    evidence = Choice(lazy("What the claim rests on"), choices=options(Evidence))
    claim = Paragraphs(lazy("What is claimed, in one or two sentences"), longest=2_000)
    first_seen = Day(lazy("First seen"), required=False)
    last_seen = Day(lazy("Last seen"), required=False)
    confidence = Choice(lazy("How sure are we?"), choices=options(Confidence), default=Confidence.MEDIUM.value)
    source = Line(lazy("How do we know?"), longest=500)


class StatementForm(Form):
    """What one side says to a claim."""

    said_by = Choice(lazy("Who says it"), choices=options(Side))
    stance = Choice(lazy("What it does to the claim"), choices=options(Stance))
    text = Paragraphs(lazy("What they say"), longest=2_000)
    said_on = Day(lazy("Said on"), required=False)
    ended_on = Day(lazy("Ended on, if they say that it has ended"), required=False)
    source = Line(lazy("How do we know?"), longest=500)


class ReviewForm(Form):
    """A judgement on a claim, after looking at both sides."""

    state = Choice(lazy("What do you find?"))
    note = Paragraphs(lazy("Why?"), longest=2_000)
    ended_on = Day(lazy("Ended on, if it has ended"), required=False, id="review-ended-on")

    def __init__(self, steps: frozenset[LinkState]) -> None:
        super().__init__()
        self.state.choices = [pair for pair in options(LinkState) if pair[0] in steps]


class ImportForm(Form):
    """A facility list to take in."""

    name = Line(lazy("Name of the list"))
    list_file = Photo(lazy("The list, as a CSV file"))
    source = Line(lazy("Where is it from?"), longest=500)
    brand = Line(lazy("Whose own supplier list is it?"), required=False)
    listed_on = Day(lazy("Date of the list"), required=False)
