"""Votes for programs. Importing the file of operations puts them on the list."""

from network_app.votes.api import voting
from network_app.votes.api.shown import api

__all__ = ["api", "voting"]
