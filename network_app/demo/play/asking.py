"""Step 3: the brands' claims contradict each other; those with leverage are asked, each exactly once, nobody named."""

from __future__ import annotations

import re
from email.message import EmailMessage

from network_app.demo.play.filing import WORKERS_NAME
from network_app.demo.play.stage import Stage, address_of, text_of

TEXT = {
    "title": "Notice pay unpaid at Violet Apparel",
    "place": "Phnom Penh district",
    "workers": "about 1,300",
    "what_happened": "The factory closed in July 2020 with a day's notice. Notice pay and damages were not paid.",
    "wanted": "Notice pay and damages for everybody.",
}


def play(stage: Stage) -> None:
    """Targets, text for the network, preview, fan-out."""
    case = f"/appeals/{stage.facts['ref']}"
    _targets(stage, case)
    _text(stage, case)
    asked = _fan_out(stage, case)
    _each_once(stage, asked)


def _targets(stage: Stage, case: str) -> None:
    found = re.search(r"(F-[2-9A-Z]+)", stage.browser("rithy").open("/facilities?text=Violet+Apparel").html)
    stage.check(found is not None, "the factory is in the register")
    facility = str(found and found[1])
    stage.does("rithy", f"{case}/facility", "This is the one", facility=facility)
    page = stage.browser("rithy").open(f"/facilities/{facility}")
    for words in ("Workers testify", "2006", "July 2019"):
        stage.check(words in page.words, f"both sides of the brands' claims are shown ({words})", page.words[:900])
    page = stage.browser("rithy").open(f"{case}/targets")
    stage.check("the two sides contradict each other" in page.words, "and the case says so", page.words[:900])
    while any(form.button == "Name it as a target" and "/claims/" in form.action for form in page.forms):
        claim = next(form for form in page.forms if "/claims/" in form.action)
        page = stage.browser("rithy").press(page, claim.action.rsplit("/", 1)[1])
        stage.expect(page, 200, "a brand is named by its claim")
        page = stage.browser("rithy").open(f"{case}/targets")
    for name in ("Nike", "Matalan", "C&A"):
        stage.check(name in page.words, f"{name} is a target")
    stage.say("three brands named, with what they and the workers say against each other")


def _text(stage: Stage, case: str) -> None:
    stage.does("rithy", f"{case}/texts/network", "Keep this version", **TEXT)
    stage.does("wulan", f"{case}/texts/network", "Approve this text")
    stage.say("a text for the network written, and approved by a second person")


def _fan_out(stage: Stage, case: str) -> list[str]:
    page = stage.browser("rithy").open(f"{case}/fan-out")
    stage.check("Demo Campaign Britain" in page.words, "the home country of Matalan is a reason", page.words[:1500])
    button = next(form.button for form in page.forms if form.button.startswith("Ask "))
    after = stage.browser("rithy").press(page, button, asked=["letter", "meeting", "solidarity_letter"])
    stage.expect(after, 200, button)
    asked = _asked(after.html)
    stage.check(len(asked) >= 3, "several organisations are asked", str(asked))
    stage.say(f"{button}: {', '.join(asked)}")
    stage.let_pass(0.25)
    return asked


def _asked(html: str) -> list[str]:
    table = html.partition("Who is asked, and why")[2].partition("</table>")[0]
    return sorted(set(re.findall(r"Demo [A-Z][\w ]+", table)))


def _each_once(stage: Stage, asked: list[str]) -> None:
    ref = stage.facts["ref"]
    stage.facts["asked"] = asked

    def all_mailed() -> bool:
        return len(_call_mails(stage)) >= len(asked)

    stage.eventually(all_mailed, f"{len(asked)} mails about {ref}", seconds=90)
    addresses = sorted(str(mail["To"]) for mail in _call_mails(stage))
    wanted = sorted(address_of(name) for name in asked)
    stage.check(addresses == wanted, "exactly those organisations, each once", f"{addresses} and {wanted}")
    for mail in stage.mails():
        whole = f"{mail['Subject']} {text_of(mail)} {mail.as_string()}"
        stage.check(WORKERS_NAME not in whole, "no worker's name in any mail")
    _rooms(stage, ref)
    stage.say("each exactly once by mail and in its own room, and no worker's name anywhere")


def _call_mails(stage: Stage) -> list[EmailMessage]:
    ref = stage.facts["ref"]
    return [mail for mail in stage.mails() if ref in str(mail["Subject"]) and "please act" in str(mail["Subject"])]


def _rooms(stage: Stage, ref: str) -> None:
    for handle in ("maggie", "denise"):
        member, room = stage.in_own_room(handle)
        member.hears(room, ref)
        calls = [text for text in member.texts(room) if ref in text and "asked to act" in text]
        stage.check(len(calls) == 1, f"one call in the room of {handle}", str(calls))
        stage.check(not any(WORKERS_NAME in text for text in member.texts(room)), "no worker's name in the room")
