"""Step 5: a campaign is voted on, in chat and on the web, and adopted; another one is blocked from Cambodia."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from network_app.demo.play.stage import Stage

RECOUNT = Path(__file__).parents[2] / "votes" / "recount.py"
TITLE = "Pay what Violet Apparel's workers are owed"
SUMMARY = (
    "The network writes to Nike, Matalan and C&A, first privately, and asks each to see to it that the notice pay and "
    "damages owed since July 2020 reach the workers."
)
HARSH = "Name all three brands in public at once"
# By native poll answer, by !vote in chat, on the web: two and more of each bloc, both sides.
BY_POLL = (("sokha", "We agree"), ("jiwoo", "We agree"), ("sanne", "We agree"))
BY_COMMAND = (("wulan", "agree"), ("jamal", "agree"), ("anna", "reservation because we want the amount checked first"))
ON_THE_WEB = ("saima", "haruka", "maggie", "denise", "palesa", "niran", "shirin", "yating")
EIGHT_DAYS = 8 * 24
HEAD = re.compile(r"\b[0-9a-f]{8,64}\b")


def play(stage: Stage) -> None:
    """Propose, vote, close, recount; then the blocked one."""
    vote = _propose(stage, TITLE, SUMMARY, "Nike\nMatalan\nC&A")
    stage.facts["vote"] = vote
    _cast(stage, vote)
    stage.let_pass(EIGHT_DAYS)
    _closed(stage, vote, "Adopted")
    stage.say(f"{vote} closed ADOPTED; recount.py agrees from the exported board")
    _launched(stage)
    _blocked(stage)


def _propose(stage: Stage, title: str, summary: str, targets: str) -> str:
    after = stage.does(
        "rithy",
        "/campaigns/new",
        "Put it to the vote",
        title=title,
        summary=summary,
        electorate="network",
        targets=targets,
        change="protection",
        demand="Notice pay and damages for all 1,284 workers",
        cases=stage.facts["ref"],
        days="7",
    )
    found = re.search(r"/votes/(V-[2-9A-Z]+)", after.url)
    stage.check(found is not None, "the vote opens at once", after.url)
    return str(found and found[1])


def _cast(stage: Stage, vote: str) -> None:
    for handle, answer in BY_POLL:
        member, room = stage.in_own_room(handle)
        member.hears(room, vote)
        _receipt(stage, vote, handle, member.hears_reply(room, member.answer_poll(room, vote, answer)))
    for handle, words in BY_COMMAND:
        member, room = stage.in_own_room(handle)
        _receipt(stage, vote, handle, member.hears_reply(room, member.say(room, f"!vote {vote} {words}")))
    for handle in ON_THE_WEB:
        page = stage.does(handle, f"/votes/{vote}", "We agree")
        stage.check("Entry" in page.words, f"{handle} gets a receipt on the page", page.words[:400])
    stage.say(
        f"{vote}: {len(BY_POLL)} by poll, {len(BY_COMMAND)} by !vote, {len(ON_THE_WEB)} on the web; each has a receipt"
    )


def _receipt(stage: Stage, vote: str, handle: str, reply: str) -> None:
    """Each room speaks its own language, so the receipt is known by its reference and the head of the board."""
    stage.check(vote in reply and HEAD.search(reply) is not None, f"{handle} gets a receipt in chat", reply)


def _closed(stage: Stage, vote: str, words: str) -> None:
    def closed() -> bool:
        return words in stage.browser("anna").open(f"/votes/{vote}").words

    stage.eventually(closed, f"{vote} to close: {words}")
    board = stage.command("vote", "export", vote)
    path = stage.keep(f"{vote}.json", board)
    counted = subprocess.run(
        [sys.executable, "-I", str(RECOUNT), str(path)], capture_output=True, text=True, check=False
    )
    stage.check(counted.returncode == 0, f"recount.py agrees on {vote}", counted.stdout + counted.stderr)
    stage.check(json.loads(board)["statement"] is not None, "the statement is on the board")


def _launched(stage: Stage) -> None:
    def running() -> str | None:
        html = stage.browser("anna").open("/campaigns").html
        rows = re.findall(r"/campaigns/(C-[2-9A-Z]+)\">([^<]+)<", html)
        return next((ref for ref, title in rows if title.startswith("Pay what Violet")), None)

    ref = running()
    stage.check(ref is not None, "the campaign is listed")
    stage.facts["campaign"] = str(ref)
    path = f"/campaigns/{ref}"
    stage.eventually(lambda: "running" in stage.browser("anna").open(path).words, "the campaign to run")
    stage.say(f"campaign {ref} runs")


def _blocked(stage: Stage) -> None:
    vote = _propose(stage, HARSH, "All three brands are named in public before they have answered.", "Matalan")
    member, room = stage.in_own_room("rithy")
    said = member.say(room, f"!vote {vote} block because our members fear for their jobs in other factories")
    _receipt(stage, vote, "rithy", member.hears_reply(room, said))
    for handle in ("saima", "haruka", "maggie", "shirin", "yating"):
        stage.does(handle, f"/votes/{vote}", "We agree")
    stage.let_pass(EIGHT_DAYS + 4 * 24)
    _closed(stage, vote, "Not adopted")
    board = json.loads(stage.keep(f"{vote}.json", stage.command("vote", "export", vote)).read_text())
    stage.check(board["statement"]["adopted"] is False, "the statement says not adopted")
    stage.check(
        "BLOCKED" in json.dumps(board["statement"]), "and that it is BLOCKED", json.dumps(board["statement"])[:500]
    )
    stage.say(f"{vote}: one block from Cambodia, closed BLOCKED, and it says so")
