"""What is filled in about an organisation, a coalition and an application."""

from wtforms import HiddenField

from members.rules import ContactKind, ContactPurpose, OrganisationKind, Side
from network_app.core.i18n import country_choices, lazy, written_languages
from network_app.pages.forms import Choice, Count, Form, Line, Paragraphs, Pick, WrittenLanguage, options


class NameForm(Form):
    """Another name."""

    name = Line(lazy("Name"))


class DeclarationForm(Form):
    """What an organisation says about itself."""

    side = Choice(lazy("Where we work"), choices=options(Side))
    languages = Line(lazy("Languages we read, as short codes"), longest=100)
    monthly_call_cap = Count(lazy("How often we may be asked to act in a month"))


class FamilyForm(Form):
    """To which parent we belong."""

    family = Line(lazy("Family"), required=False)


class ContactForm(Form):
    """One way to reach us."""

    kind = Choice(lazy("Way"), choices=options(ContactKind))
    value = Line(lazy("Number or address"))
    purpose = Choice(lazy("For what"), choices=options(ContactPurpose))
    language = WrittenLanguage(lazy("Language spoken there"))
    safe_note = Paragraphs(lazy("What to heed, so that nobody is put in danger"), longest=1000, required=False)


class CoalitionForm(Form):
    """One of the coalitions."""

    coalition = Pick(lazy("Coalition"))


class LeaveForm(Form):
    """The organisation's name, typed to be sure."""

    name = Line(lazy("Name of the organisation, to be sure"))


class AppealForm(Form):
    """What a suspended member answers."""

    text = Paragraphs(lazy("What the organisation answers"), longest=5000)


class CoordinatorForm(Form):
    """Who shall coordinate, as person and organisation."""

    who = Pick(lazy("Who shall coordinate too"))


class MemberForm(Form):
    """A member, as people call it."""

    member = Line(lazy("Name of the member"), longest=200)


class WishForm(Form):
    """What a body says about itself when it asks to become a member."""

    name = Line(lazy("Name of the organisation"))
    kind = Choice(lazy("What it is"), choices=options(OrganisationKind))
    country = Pick(lazy("Country"))
    side = Choice(lazy("Where it works"), choices=options(Side))
    language = Pick(lazy("Language it reads"))
    about = Paragraphs(lazy("Whom it speaks for, and why it wants to join"), longest=5000)

    def offer(self) -> None:
        """Give the lists their choices, in the reader's language."""
        self.country.choices = [("", str(lazy("choose"))), *country_choices()]
        self.language.choices = written_languages()


class EnterForm(WishForm):
    """An application that reached a coordinator another way."""

    coalition = Pick(lazy("Of which coalition"))
    email = Line(lazy("E-mail address of the organisation"), longest=254)


class InviteBodyForm(Form):
    """Who shall be asked to apply."""

    coalition = Pick(lazy("Of which coalition"))
    email = Line(lazy("E-mail address of the organisation"), longest=254)
    language = WrittenLanguage(lazy("Language of the mail"))


class ReasonForm(Form):
    """Why my organisation objects."""

    reason = Paragraphs(lazy("The reason"), longest=2000)


class WordForm(Form):
    """Yes or no; the button that is pressed is the word."""

    word = HiddenField()
