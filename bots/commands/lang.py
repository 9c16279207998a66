"""`!lang xx`: the language of this room."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Reply, Word
from members.use_cases.own_account import choose_language
from members.use_cases.standing import choose_room_language
from network_app.core.i18n import LANGUAGES, lazy
from network_app.core.permissions import Actor, Permission


def _lang(session: Session, actor: Actor, asked: Asked) -> Reply:
    wanted = {code.casefold(): code for code in LANGUAGES}
    language = wanted.get(asked["language"].casefold(), asked["language"])
    choose = choose_room_language if asked.room.startswith("org:") else choose_language
    choose(session, actor, language=language)
    return Reply("language_chosen", {"name": LANGUAGES[language].name})


LANG = Command(
    words={"en": "lang", "bn": "ভাষা"},
    summary=lazy("Choose the language of this room."),
    args=(Word("language", lazy("LANGUAGE")),),
    act=_lang,
    permission=Permission.SEE_NETWORK,
)
