"""What a program's token may be used for. A scope only narrows: the person's mandates say what is allowed at all."""

from __future__ import annotations

from enum import StrEnum

from network_app.core.i18n import LazyText, lazy


class Scope(StrEnum):
    """One kind of use. Reading and acting are apart, and so is what cannot be undone."""

    READ_MEMBERS = "members:read"
    CHANGE_MEMBERS = "members:write"
    READ_TARGETS = "targets:read"
    CHANGE_TARGETS = "targets:write"
    READ_VOTES = "votes:read"
    PROPOSE = "votes:write"
    CAST = "votes:cast"
    READ_LETTERS = "letters:read"
    WRITE_LETTERS = "letters:write"
    RELEASE_LETTERS = "letters:release"
    READ_CAMPAIGNS = "campaigns:read"
    RUN_CAMPAIGNS = "campaigns:write"
    READ_APPEALS = "appeals:read"
    WORK_ON_APPEALS = "appeals:write"
    READ_BOARD = "board:read"

    @property
    def label(self) -> LazyText:
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.READ_MEMBERS: lazy("read the registers of members and coalitions"),
    Scope.CHANGE_MEMBERS: lazy("change our organisation, its people and its mandates"),
    Scope.READ_TARGETS: lazy("read brands, workplaces and sourcing claims"),
    Scope.CHANGE_TARGETS: lazy("change brands, workplaces and sourcing claims"),
    Scope.READ_VOTES: lazy("read proposals and their boards"),
    Scope.PROPOSE: lazy("write and open proposals"),
    Scope.CAST: lazy("cast our vote"),
    Scope.READ_LETTERS: lazy("read letters and their answers"),
    Scope.WRITE_LETTERS: lazy("write and sign letters, record answers"),
    Scope.RELEASE_LETTERS: lazy("release letters, as one of two people"),
    Scope.READ_CAMPAIGNS: lazy("read campaigns"),
    Scope.RUN_CAMPAIGNS: lazy("propose campaigns and work on them"),
    Scope.READ_APPEALS: lazy("read the appeals that I may see"),
    Scope.WORK_ON_APPEALS: lazy("file appeals and work on them, answer calls"),
    Scope.READ_BOARD: lazy("read my day and the board"),
}
