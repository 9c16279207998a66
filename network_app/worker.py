"""The worker: runs what is due, sends mail, reads the incoming post.

APScheduler only ticks. Which job runs is a row that one worker claims, and the job's effects are committed together
with that claim, so a kill at any point loses no reminder and repeats none.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session, sessionmaker

import members.jobs
import network_app.campaigns.jobs
import network_app.letters.jobs
import network_app.votes.jobs
import urgent_appeals.jobs
from network_app import mailer
from network_app.core import schedule
from network_app.core.config import Settings
from network_app.core.db import read_transaction, transaction
from network_app.core.heartbeat import beat

JOBS: tuple[schedule.Job, ...] = (
    *members.jobs.JOBS,
    *network_app.votes.jobs.JOBS,
    *network_app.letters.jobs.JOBS,
    *urgent_appeals.jobs.JOBS,
    *network_app.campaigns.jobs.JOBS,
    schedule.Job("worker_lives", 10, lambda session: beat(session, "worker", mailer.last_problem())),
)
TICK_SECONDS = 1.0

log = structlog.get_logger()


def run(settings: Settings, factory: sessionmaker[Session]) -> None:
    """Work until told to stop (SIGTERM or SIGINT), then finish what is under way."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    with transaction(factory) as session:
        schedule.ensure(session, JOBS)
    scheduler = BackgroundScheduler(timezone="UTC")
    always = {"trigger": "interval", "seconds": TICK_SECONDS, "max_instances": 1, "coalesce": True}
    scheduler.add_job(run_due, args=[factory], **always)
    scheduler.add_job(mailer.send_due, args=[settings, factory], **always)
    scheduler.add_job(mailer.read_post, args=[Path(settings.data_dir), factory], **always)
    scheduler.start()
    log.info("worker_started", jobs=len(JOBS))
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("worker_stopped")


def run_due(factory: sessionmaker[Session], jobs: tuple[schedule.Job, ...] = JOBS) -> int:
    """Run every job whose slot has come and that no other worker took; returns how many ran."""
    with read_transaction(factory) as session:
        waiting = schedule.due(session, jobs)
    ran = 0
    for job, slot in waiting:
        try:
            with transaction(factory) as session:
                if schedule.claim(session, job, slot):
                    job.run(session)
                    ran += 1
        except Exception as error:
            # One broken job must not stop the reminders of all others; its slot stays due and is tried again.
            log.error("job_broke", job=job.name, error=type(error).__name__, exc_info=False)
    return ran
