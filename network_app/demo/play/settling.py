"""Step 7: the money goes from promised to received, on the workers' word, and the case closes on it."""

from __future__ import annotations

from network_app.demo.play.stage import Stage

SUM = {"amount": "1,400,000", "currency": "USD"}


def play(stage: Stage) -> None:
    """Demand, promise, payment, receipt, close. The ending is invented; the demand is the documented one."""
    case = f"/appeals/{stage.facts['ref']}"
    what = "Notice pay and damages for 1,284 workers"
    stage.does("rithy", f"{case}/demands", "Add it", kind="money", what=what, **SUM)
    for route in ("promised", "to_factory"):
        payer = "invented for the demo"
        typed = {"route": route, "paid_on": "2026-03-01", "payer": payer, "workers_counted": "1284", **SUM}
        stage.does("rithy", f"{case}/demands", "Write it down", **typed)
    page = stage.browser("rithy").open(f"{case}/demands")
    offered = [form.button for form in page.forms]
    stage.check(
        "The workers received this" not in offered, "the case team cannot say that workers received it", str(offered)
    )
    refused = stage.browser("sokha")
    early = refused.press(refused.open(f"{case}/close"), "Close the case", outcome="full")
    stage.check(early.status == 422, "paid to the factory is not received: it cannot close as full", str(early.status))
    stage.say("promised, then paid to the factory; not yet received, so the case does not close")
    received = {"paid_on": "2026-03-15", "workers_counted": "1284", **SUM}
    stage.does("sokha", f"{case}/demands", "The workers received this", **received)
    stage.does("sokha", f"{case}/close", "Close the case", outcome="full")
    stage.say("the workers' organisation says that 1,284 workers received it, and closes the case")
    page = stage.browser("rithy").open(case)
    stage.check("Closed" in page.words, "the case is closed", page.words[:300])
    record = stage.browser("rithy").open(f"{case}/record")
    stage.check("Chain verified" in record.words, "the timeline's hash chain verifies", record.words[:400])
    stage.say("the timeline shows all of it, and its hash chain verifies")
