"""What campaigns do by the clock."""

from __future__ import annotations

from network_app.campaigns.use_cases.launching import sweep_adopted
from network_app.core.schedule import Job

JOBS: tuple[Job, ...] = (Job("launch_adopted_campaigns", 5, sweep_adopted),)
