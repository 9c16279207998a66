"""Members for programs. Importing a file of operations puts them on the list."""

from members.api import applications, coalitions, duty, keeping, people, registers
from members.api.shown import api

__all__ = ["api", "applications", "coalitions", "duty", "keeping", "people", "registers"]
