"""Letters on the web. Importing a file of views puts them on the blueprint."""

from network_app.letters.routes import acting, drafting, verifying
from network_app.letters.routes.frame import pages

__all__ = ["acting", "drafting", "pages", "verifying"]
