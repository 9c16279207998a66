"""`!link CODE`: bind this chat account to the person who made the code on the web. Only in a direct chat."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Command, Reply, Word
from bots.registry import become_direct_chat
from members.use_cases.chat_links import link_chat
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor


def _link(session: Session, actor: Actor, asked: Asked) -> Reply:
    if not asked.room.startswith(("stranger:", "dm:")):
        # Safety: everybody in the room reads the code, and the first to use it becomes the person.
        raise Invalid(lazy("Never write a code where others read it. Open a direct chat with me, with a new code."))
    person = link_chat(session, code=asked["code"], matrix_id=asked.sender)
    if person is None:
        return Reply("link_refused")
    become_direct_chat(session, asked.room, person.id)
    return Reply("linked", {"handle": person.handle}, language=person.language)


LINK = Command(
    words={"en": "link", "bn": "যুক্ত"},
    summary=lazy("Link this chat to you, with the code from your own page. Only in a direct chat."),
    args=(Word("code", lazy("CODE")),),
    act=_link,
    for_strangers=True,
    changes=True,
)
