"""Every question about appeals in one place, so that other domains need not know which file answers it."""

from urgent_appeals.queries.case import (
    case_audience,
    consent_holds,
    get_appeal,
    is_verified,
    network_may_know,
    speaks_for_workers,
)
from urgent_appeals.queries.case_page import case_page, timeline_of
from urgent_appeals.queries.queue import Wish, appeal_queue, appeals_awaiting_triage

__all__ = [
    "Wish",
    "appeal_queue",
    "appeals_awaiting_triage",
    "case_audience",
    "case_page",
    "consent_holds",
    "get_appeal",
    "is_verified",
    "network_may_know",
    "speaks_for_workers",
    "timeline_of",
]
