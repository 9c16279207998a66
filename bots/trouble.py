"""Say in the log what broke, and where, without quoting anybody."""

from __future__ import annotations

import traceback
from pathlib import Path


def where(error: BaseException) -> dict[str, str]:
    """The kind of an error and the last places it came through.

    Safety: never its message. That of a database error holds the words somebody wrote, that of a client a token.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return {"error": type(error).__name__, "where": places}
