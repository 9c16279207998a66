"""What a program's token may be used for. A scope only narrows: the person's mandates say what is allowed at all."""

from __future__ import annotations

from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class Scope(Labelled):
    """One kind of use. Reading and acting are apart, and so is what cannot be undone."""

    READ_MEMBERS = "members:read", lazy("read the registers of members and coalitions")
    CHANGE_MEMBERS = "members:write", lazy("change our organisation, its people and its mandates")
    READ_TARGETS = "targets:read", lazy("read brands, workplaces and sourcing claims")
    CHANGE_TARGETS = "targets:write", lazy("change brands, workplaces and sourcing claims")
    READ_VOTES = "votes:read", lazy("read proposals and their boards")
    PROPOSE = "votes:write", lazy("write and open proposals")
    CAST = "votes:cast", lazy("cast our vote")
    READ_LETTERS = "letters:read", lazy("read letters and their answers")
    WRITE_LETTERS = "letters:write", lazy("write and sign letters, record answers")
    RELEASE_LETTERS = "letters:release", lazy("release letters, as one of two people")
    READ_CAMPAIGNS = "campaigns:read", lazy("read campaigns")
    RUN_CAMPAIGNS = "campaigns:write", lazy("propose campaigns and work on them")
    READ_APPEALS = "appeals:read", lazy("read the appeals that I may see")
    WORK_ON_APPEALS = "appeals:write", lazy("file appeals and work on them, answer calls")
    READ_BOARD = "board:read", lazy("read my day and the board")
