"""What members need done by the clock."""

from members.use_cases.tidying import forget_the_old
from network_app.core.schedule import Job

JOBS: tuple[Job, ...] = (Job("members.tidy", 3600, forget_the_old),)
