"""Members on the web. Importing a file of views puts them on the blueprint."""

from members.routes import duty, me, profile, register, security
from members.routes.frame import pages

__all__ = ["duty", "me", "pages", "profile", "register", "security"]
