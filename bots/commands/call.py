"""`!call REF will|cannot|done [text]`: answer a call to act."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bots.command import Asked, Choice, Command, FreeText, Ref, Reply
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.use_cases.calls import answer_call

WORDS: dict[str, dict[str, str]] = {
    CallAnswer.WILL_ACT: {"en": "will", "bn": "করব"},
    CallAnswer.CANNOT: {"en": "cannot", "bn": "পারবনা"},
    CallAnswer.DONE: {"en": "done", "bn": "করেছি"},
}


def _call(session: Session, actor: Actor, asked: Asked) -> Reply:
    call = answer_call(
        session, actor, ref=asked["ref"], answer=asked["answer"], text=asked.get("text") or "", via="chat"
    )
    answer = CallAnswer(call.answer or asked["answer"])
    return Reply("call_noted", {"ref": asked["ref"], "answer": str(answer.label)})


CALL = Command(
    words={"en": "call", "bn": "আহ্বান"},
    summary=lazy("Answer a call: you will act, you cannot (say why), or it is done (say what)."),
    args=(Ref("ref", lazy("REF")), Choice("answer", WORDS), FreeText("text", lazy("text"))),
    act=_call,
    permission=Permission.ANSWER_CALL,
    changes=True,
)
