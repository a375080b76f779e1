"""What the promises of a control plane do not tell of its jobs: logs, contexts, tidying up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from connector.ports.control import Job
from connector.runtime.clock import SystemClock
from connector.runtime.planes.jobs import Jobs

if TYPE_CHECKING:
    from connector.ports.control import Perform

LONG = timedelta(hours=1)
SCORE = Job(task="score")
PULL = Job(lane="crm", task="pull", subject="contacts")
ASKED_BY: ContextVar[str] = ContextVar("asked_by", default="nobody")


@asynccontextmanager
async def served(perform: Perform) -> AsyncIterator[Jobs]:
    """Give jobs that are served; at the end all of them have ended."""
    jobs = Jobs(SystemClock())
    serving = asyncio.create_task(jobs.serve(perform))
    yield jobs
    await jobs.stop(LONG)
    await serving


async def test_what_a_job_raises_is_logged_with_its_words() -> None:
    begun = asyncio.Event()

    async def perform(job: Job) -> None:
        begun.set()
        raise ValueError("no such thing")

    with capture_logs() as logs:
        async with served(perform) as jobs:
            jobs.request(PULL)
            await begun.wait()

    assert logs == [
        {
            "event": "job failed",
            "log_level": "error",
            "exc_info": True,
            "action": "pull",
            "platform": "crm",
            "job": "pull contacts crm",
        }
    ]


async def test_a_job_has_the_context_of_who_serves_not_of_who_asked() -> None:
    seen: list[str] = []
    begun = asyncio.Event()

    async def perform(job: Job) -> None:
        seen.append(ASKED_BY.get())
        begun.set()

    async with served(perform) as jobs:
        ASKED_BY.set("a request")
        jobs.request(SCORE)
        await begun.wait()

    assert seen == ["nobody"]


async def test_who_tidies_up_already_is_not_disturbed() -> None:
    begun, tidying, may_end, tidied = (asyncio.Event() for _ in range(4))

    async def perform(job: Job) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            tidying.set()
            await may_end.wait()
            tidied.set()

    async with served(perform) as jobs:
        jobs.request(SCORE)
        await begun.wait()
        first = asyncio.create_task(jobs.stop(timedelta()))
        await tidying.wait()
        second = asyncio.create_task(jobs.stop(timedelta()))
        for _ in range(10):
            await asyncio.sleep(0)
        may_end.set()
        await asyncio.gather(first, second)

    assert tidied.is_set()


async def test_a_lane_that_is_gone_has_no_jobs_that_wait() -> None:
    begun: list[Job] = []
    is_done = asyncio.Event()

    async def perform(job: Job) -> None:
        begun.append(job)
        is_done.set()

    jobs = Jobs(SystemClock())
    for job in (PULL, SCORE, Job(lane="mail", task="push")):
        jobs.request(job)
    jobs.forget_other_lanes({"mail"})
    serving = asyncio.create_task(jobs.serve(perform))
    await is_done.wait()
    await jobs.stop(LONG)
    await serving

    assert begun == [SCORE, Job(lane="mail", task="push")]
