"""Targets for programs. Importing a file of operations puts them on the list."""

from network_app.targets.api import brands, facilities, lists, sourcing
from network_app.targets.api.shown import api

__all__ = ["api", "brands", "facilities", "lists", "sourcing"]
