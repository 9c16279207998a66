"""What members need done by the clock."""

from members.use_cases.api_answers import forget_old_answers
from members.use_cases.deciding import sweep_applications
from members.use_cases.tidying import forget_the_old, warn_of_mandates_that_end
from network_app.core.schedule import Job

JOBS: tuple[Job, ...] = (
    Job("members.applications", 60, sweep_applications),
    Job("members.tidy", 3600, forget_the_old),
    Job("members.mandates_ending", 3600, warn_of_mandates_that_end),
    Job("members.forget_answers", 3600, forget_old_answers),
)
