"""Members on the web. Importing a file of views puts them on the blueprint."""

from members.routes import (
    applications,
    charter,
    coalitions,
    duty,
    freezing,
    invitations,
    keeping,
    me,
    people,
    profile,
    register,
    security,
    tokens,
    vouching,
)
from members.routes.applicants import applicants
from members.routes.frame import pages

__all__ = [
    "applicants",
    "applications",
    "charter",
    "coalitions",
    "duty",
    "freezing",
    "invitations",
    "keeping",
    "me",
    "pages",
    "people",
    "profile",
    "register",
    "security",
    "tokens",
    "vouching",
]
