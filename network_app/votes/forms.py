"""What people fill in about votes: a new proposal, its opening, and a position."""

from __future__ import annotations

import secrets
from typing import Any

from wtforms import HiddenField

from network_app.core.i18n import lazy
from network_app.pages.forms import Choice, Count, Form, Line, Paragraphs, Several, WrittenLanguage
from network_app.votes.rules import GROUNDS, POSITIONS


class ProposalForm(Form):
    """A proposal before it is opened."""

    # Whom a vote about a member is about; the page says in words what follows.
    subject = HiddenField()
    title = Line(lazy("What is proposed, in one line"))
    electorate = Choice(lazy("Who decides"))
    affected = Several(lazy("In which countries are the workers whom this touches"))
    language = WrittenLanguage(lazy("Language of the text that holds"))
    text = Paragraphs(lazy("The text that is put to the vote"))
    other_language = WrittenLanguage(lazy("Language of a translation"), required=False, default="")
    other_text = Paragraphs(lazy("The translation"), required=False)

    def versions(self) -> dict[str, str]:
        """The language versions that were written."""
        written = {self.language.data or "": self.text.data or ""}
        if self.other_text.data:
            written.setdefault(self.other_language.data or "", self.other_text.data)
        return written


class OpenForm(Form):
    """For how long the vote shall be open."""

    days = Count(lazy("For how many days"), default=7)


class CastForm(Form):
    """A position. The button that is pressed is the position."""

    # Names this showing of the form, so that a second press of the button casts nothing twice.
    source = HiddenField(default=lambda: secrets.token_urlsafe(12))
    reason = Paragraphs(lazy("Your reason"), longest=2_000, required=False)
    ground = Choice(
        lazy("Only for a block: what it rests on"),
        choices=[(ground.value, words) for ground, words in GROUNDS.items()],
        required=False,
    )
    position = Choice(
        lazy("Position"), choices=[(position.value, facts.label) for position, facts in POSITIONS.items()]
    )

    def source_key(self, person_id: Any) -> str:
        """The name of this event, in the person's own room of names, so that nobody can use up another's."""
        return f"web:{person_id}:{(self.source.data or '')[:40]}"
