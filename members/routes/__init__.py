"""Members on the web. Importing a file of views puts them on the blueprint."""

from members.routes import me, profile, register
from members.routes.frame import pages

__all__ = ["me", "pages", "profile", "register"]
