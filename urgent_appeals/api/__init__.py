"""Appeals for programs. Importing a file of operations puts them on the list."""

from urgent_appeals.api import calls, cases, consents, remedy, rings, targets, texts, triage
from urgent_appeals.api.shown import api

__all__ = ["api", "calls", "cases", "consents", "remedy", "rings", "targets", "texts", "triage"]
