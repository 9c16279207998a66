"""Step 2: triage answers the three tests, a second organisation verifies, consents are recorded with their basis."""

from __future__ import annotations

import re

from network_app.demo.play.filing import own_page
from network_app.demo.play.stage import Stage

QUESTION = "Which months of notice pay are owed?"


def play(stage: Stage) -> None:
    """From received to accepted."""
    ref = _find(stage)
    case = f"/appeals/{ref}"
    stage.does("rithy", case, "Take it in hand")
    stage.does("rithy", f"{case}/question", "Ask", text=QUESTION)
    phone, page = own_page(stage)
    stage.check(QUESTION in page.words, "the filer sees the question with the receipt", page.words[:500])
    stage.check("rithy" not in page.words.lower(), "and not who asks")
    told = phone.press(page, "Answer", text="All of July, and damages by article 91.")
    stage.expect(told, 200, "the filer answers")
    stage.say(f"{ref}: taken in hand, a question asked and answered")
    _triage(stage, case)
    _verify(stage, case)
    _consents(stage, case)


def _find(stage: Stage) -> str:
    page = stage.browser("rithy").open("/appeals?stage=received&country=KH")
    refs: list[str] = re.findall(r"/appeals/(UA-[2-9A-Z]+)", page.html)
    for ref in dict.fromkeys(refs):
        shown = stage.browser("rithy").open(f"/appeals/{ref}")
        if "1,284 workers lost" in shown.words and "payslip of June" in shown.words:
            stage.facts["ref"] = ref
            return ref
    raise LookupError(f"the new appeal is not in the queue: {refs}")


def _triage(stage: Stage, case: str) -> None:
    stage.does(
        "rithy",
        f"{case}/triage",
        "Propose this decision",
        genuine="The closing notice and a payslip fit what the labour ministry published.",
        wanted="The local union speaks for the workers, with their mandate.",
        useful="Three brands and the owner in Singapore can be reached; nobody is at risk by name.",
        title="Factory closed, notice pay owed",
        workers_organisation="Demo Garment Workers Union Phnom Penh",
        choice="accept",
    )
    second = "Confirm as the second organisation"
    page = stage.browser("rithy").open(case)
    waits = second not in page.html and "a person of another organisation confirms the decision" in page.words
    stage.check(waits, "one organisation alone decides nothing", page.words[:300])
    stage.does("wulan", case, second)
    stage.say("the three tests answered; a second organisation confirmed")


def _verify(stage: Stage, case: str) -> None:
    page = stage.browser("anna").open(case)
    stage.check(page.status == 404, "before it is verified the network knows of nothing", str(page.status))
    source = "Spoke with two workers of another hall by phone; compared with the published closing notice."
    stage.does("niran", f"{case}/verify", "Verify", text=source)
    stage.say("verified by a second organisation with a second source")


def _consents(stage: Stage, case: str) -> None:
    for use in ("share_with_network", "name_to_target"):
        stage.does(
            "rithy",
            f"{case}/consent",
            "Record it",
            use=use,
            granted="yes",
            basis="union_mandate",
            giver="the local union's committee",
            how="Read aloud on the phone in Khmer, repeated in their own words.",
            language="en",
        )
    page = stage.browser("rithy").open(case)
    stage.check("union" in page.words and "Read aloud on the phone" in page.words, "consents stand with their basis")
    stage.say("consents recorded on the union's mandate: share with the network, name to the target")
