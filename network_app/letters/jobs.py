"""What happens to letters when time passes."""

from __future__ import annotations

from network_app.core.schedule import Job
from network_app.letters.use_cases.replies import pass_deadlines
from network_app.letters.use_cases.sending import follow_sending

JOBS: tuple[Job, ...] = (
    Job("letters: deadlines", 60, pass_deadlines),
    Job("letters: on their way", 30, follow_sending),
)
