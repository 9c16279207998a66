"""The charter: who decides what, and the constants, with what they mean and who decided them."""

from members.routes.frame import pages
from network_app.core.charter import CONSTANTS, Part, value_text
from network_app.core.decisions import all_decisions
from network_app.pages.answers import Answer, page


@pages.get("/members/charter")
def charter() -> Answer:
    """Show who decides what, and every constant in force, in words, with its history."""
    parts = [(part, [one for one in CONSTANTS.values() if one.part is part]) for part in Part]
    return page("members/charter.html", parts=parts, rules=all_decisions(), value_text=value_text)
