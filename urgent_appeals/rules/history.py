"""What the entries of a case's timeline are called, and which of them the filer's own view shows."""

from __future__ import annotations

from network_app.core.i18n import LazyText, lazy

ACT_LABELS: dict[str, LazyText] = {
    "filed": lazy("The appeal arrived"),
    "acknowledged": lazy("The workers were told that it arrived"),
    "stage": lazy("The stage changed"),
    "added": lazy("The workers added something"),
    "asked": lazy("A question was put to the workers"),
    "answered": lazy("The workers answered"),
    "evidence_given": lazy("Evidence was given"),
    "evidence_opened": lazy("Evidence was opened"),
    "taken_up": lazy("Somebody on duty took it up"),
    "triage_decided": lazy("The three tests were answered"),
    "triage_confirmed": lazy("A second organisation confirmed the decision"),
    "triage_set_aside": lazy("A second organisation did not agree with the decision"),
    "verified": lazy("A second source verified it"),
    "facility_named": lazy("The workplace was found in the register"),
    "coordinator_named": lazy("Somebody took on coordination"),
    "consent_recorded": lazy("A consent was recorded"),
    "consent_seconded": lazy("A second person stood behind a consent"),
    "consent_withdrawn": lazy("A consent was taken back"),
    "publication_stopped": lazy("The workers stopped publication"),
    "publication_resumed": lazy("The workers allowed publication again"),
    "stop_asked": lazy("The workers asked to stop everything"),
    "stopped": lazy("Everything was stopped"),
    "resumed": lazy("The workers let it go on"),
    "taken_back": lazy("The workers took the appeal back"),
    "danger_reported": lazy("Retaliation was reported: the danger clock runs"),
    "news_sent": lazy("News went to the workers"),
    "news_read": lazy("The workers read the news"),
    "receipt_kept": lazy("The receipt was proved to be kept"),
    "receipt_retired": lazy("The receipt was retired"),
    "receipt_replaced": lazy("The receipt was replaced"),
    "reopened": lazy("The appeal was opened again"),
    "rung": lazy("Somebody on duty was rung"),
    "ring_taken": lazy("Somebody who was rung took it on"),
    # response
    "target_named": lazy("A target was named"),
    "target_dropped": lazy("A target was let go"),
    "text_written": lazy("A text for a wider circle was written"),
    "text_approved": lazy("A second person approved the text"),
    "text_withdrawn": lazy("The text was taken back"),
    "fan_out_planned": lazy("The organisations that have leverage were asked"),
    "fan_out_recalled": lazy("The asking was undone before it left"),
    "fan_out_corrected": lazy("No second verifier came: a correction went to everyone who was asked"),
    "call_answered": lazy("An organisation answered"),
    "called_updated": lazy("Those who were asked were told of a new text"),
    "demand_made": lazy("A demand was written down"),
    "demand_moved": lazy("A demand moved on"),
    "first_letter": lazy("The first letter left"),
    "payment_recorded": lazy("A payment was written down"),
    "received_by_workers": lazy("The workers said what they received"),
    "closed": lazy("The case was closed on the workers' word"),
}

# Safety: never who did it, and nothing that tells which organisations work on the case.
FILER_SEES = frozenset(
    {
        "filed",
        "acknowledged",
        "stage",
        "added",
        "asked",
        "answered",
        "evidence_given",
        "consent_recorded",
        "consent_withdrawn",
        "publication_stopped",
        "publication_resumed",
        "stop_asked",
        "stopped",
        "resumed",
        "taken_back",
        "danger_reported",
        "news_sent",
        "receipt_kept",
        "receipt_replaced",
        "reopened",
        "target_named",
        "first_letter",
        "demand_made",
        "demand_moved",
        "payment_recorded",
        "received_by_workers",
        "closed",
    }
)


def act_label(act: str) -> LazyText:
    """What an entry is called; the bare word for one that has no name yet."""
    return ACT_LABELS.get(act) or LazyText(act.replace("_", " "))
