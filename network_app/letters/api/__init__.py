"""Letters for programs. Importing a file of operations puts them on the list."""

from network_app.letters.api import acting, drafting, reading
from network_app.letters.api.shown import api

__all__ = ["acting", "api", "drafting", "reading"]
