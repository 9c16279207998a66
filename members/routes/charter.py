"""The charter's constants, with what they mean and who decided them."""

from members.routes.frame import pages
from network_app.core.charter import CONSTANTS, Part, value_text
from network_app.pages.answers import Answer, page


@pages.get("/members/charter")
def charter() -> Answer:
    """Show every constant in force, in words, and its history."""
    parts = [(part, [one for one in CONSTANTS.values() if one.part is part]) for part in Part]
    return page("members/charter.html", parts=parts, value_text=value_text)
