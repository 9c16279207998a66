"""Members for programs. Importing a file of operations puts them on the list."""

from members.api import duty, people, registers
from members.api.shown import api

__all__ = ["api", "duty", "people", "registers"]
