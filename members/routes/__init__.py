"""Members on the web. Importing a file of views puts them on the blueprint."""

from members.routes import duty, freezing, invitations, me, people, profile, register, security, tokens, vouching
from members.routes.frame import pages

__all__ = [
    "duty",
    "freezing",
    "invitations",
    "me",
    "pages",
    "people",
    "profile",
    "register",
    "security",
    "tokens",
    "vouching",
]
