"""What the case team fills in until a case is accepted, and to keep it afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from network_app.core.i18n import lazy
from network_app.pages.forms import Choice, Day, Form, Line, Paragraphs, Photo, Pick, WrittenLanguage, options
from urgent_appeals.rules.audiences import EvidenceKind, TriageChoice
from urgent_appeals.rules.consent import Basis, Use

YES_NO = (("yes", lazy("Yes, it is allowed")), ("no", lazy("No, it is refused")))


class TriageForm(Form):
    """The three tests in writing, and what follows from them."""

    genuine = Paragraphs(lazy("Genuine: why do we believe it?"), longest=5000)
    wanted = Paragraphs(
        lazy("Wanted: how do we know that the workers ask for it, and who speaks for them?"), longest=5000
    )
    useful = Paragraphs(lazy("Useful: what leverage is there, and what is the risk to people?"), longest=5000)
    title = Line(lazy("A heading for the case team"), required=False)
    workers_organisation = Pick(lazy("The member that speaks for the workers"), required=False)
    choice = Choice(lazy("Decision"), choices=options(TriageChoice))
    reason = Paragraphs(
        lazy("If declined: the reason, and where else to go (the workers read this)"), longest=5000, required=False
    )

    def offer(self, organisations: Iterable[Any]) -> TriageForm:
        """Fill the list of organisations; each has an id and a name."""
        named = [(str(organisation.id), organisation.name) for organisation in organisations]
        self.workers_organisation.choices = [("", str(lazy("none, or not a member"))), *named]
        return self


class TextForm(Form):
    """Words for the workers, or for the team's record."""

    text = Paragraphs(lazy("Text"), longest=10_000)


BRAKE_CHOICES = (
    ("stop", lazy("Stop everything")),
    ("resume", lazy("Go on where it stood")),
    ("publish", lazy("Publication is allowed again")),
)


class BrakeForm(TextForm):
    """What the workers said by a second channel, and how it was heard."""

    what = Choice(lazy("What do they want?"), choices=BRAKE_CHOICES)


class ConsentForm(Form):
    """A yes or a no, on whose word, and how it was asked."""

    use = Pick(lazy("What for?"), choices=options(Use))
    granted = Choice(lazy("What did they say?"), choices=YES_NO, default="yes")
    basis = Pick(lazy("On whose word?"), choices=options(Basis))
    giver = Line(lazy("Who said it"))
    how = Paragraphs(lazy("How it was asked and answered"), longest=2000)
    language = WrittenLanguage(lazy("In which language?"))
    expires_on = Day(lazy("Until when?"), required=False)


class EvidenceForm(Form):
    """A photo that reached the team by another way."""

    photo = Photo(lazy("A photo"))
    kind = Pick(lazy("What does it show?"), choices=options(EvidenceKind))
    caption = Line(lazy("Caption"), required=False)


class FacilityForm(Form):
    """Which workplace of the register this is."""

    facility = Line(lazy("Name or reference of the factory in the register"))


class PressForm(Form):
    """A single button."""
