"""The pages of this domain. Importing a module hangs its views on the one blueprint."""

from network_app.targets.routes import brands, facilities, lists, sourcing
from network_app.targets.routes.asked import pages

__all__ = ["brands", "facilities", "lists", "pages", "sourcing"]
