"""What a daemon does, by name: the jobs that its parts ask for."""

from __future__ import annotations

from connector.ports.control import Job
from connector.sync.deciding.rescore import Share
from connector.sync.ways import FORCE, NOW, work_of

PULL, INBOUND, PUSH = "pull", "inbound", "push"
SCORE, FOLD, UPKEEP, WATCH = "score", "fold", "upkeep", "watch"
PAST = "past"

SCORE_JOB = Job(task=SCORE)


def pull_job(platform: str, stream: str, *, force: bool = False) -> Job:
    """Return the job that pulls a stream of a platform."""
    return Job(task=PULL, subject=f"{stream} {FORCE}" if force else stream, lane=platform)


def inbound_job(platform: str) -> Job:
    """Return the job that takes in what webhooks of a platform brought."""
    return Job(task=INBOUND, lane=platform)


def push_job(lane: str, *, force: bool = False) -> Job:
    """Return the job that brings a receiver what it shall have."""
    return Job(task=PUSH, subject=FORCE if force else "", lane=lane)


def urgent_job(lane: str) -> Job:
    """Return the job that brings a receiver what cannot wait for the end of another push."""
    return Job(task=PUSH, subject=NOW, lane=lane)


def share_job(part: int, of: int) -> Job:
    """Return the job that scores one of several equal parts of everybody who waits."""
    return Job(task=SCORE, subject=f"{part + 1}/{of}")


def share_of(job: Job) -> Share | None:
    """Return the part of everybody that a scoring is about; None: everybody."""
    part, _, of = job.subject.partition("/")
    return Share(part=int(part) - 1, of=int(of)) if of else None


def part_of(job: Job) -> str:
    """Return what is done with a receiver, such as ``pull contacts`` or ``push``, in any way."""
    return " ".join(work_of(f"{job.task} {job.subject}"))


def is_urgent_job(job: Job) -> bool:
    """Return whether a push is about those alone who are written before others."""
    return job.subject == NOW


def is_forced(job: Job) -> bool:
    """Return whether a job passes the guards."""
    return job.subject.split(" ")[-1] == FORCE
