"""A procrastinate worker on one queue, begun again whenever it fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from procrastinate.exceptions import ConnectorException, ProcrastinateException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.worker import Worker

if TYPE_CHECKING:
    from datetime import timedelta

    from procrastinate import App

_log = structlog.get_logger()

_NEVER = 10.0**9
"""Seconds: a worker's own heartbeat, and its look at what shall be aborted. Where it has no
periodic tasks it does not notice that one of its side tasks has failed, so that it would go on
without a heartbeat; all workers' are sent with that of their replica."""


class Crew:
    """Fetches jobs of one queue and begins them."""

    def __init__(self, app: App, queue: str, *, width: int, retry: timedelta) -> None:
        """Take the queue, and how many of its jobs may be under way here at once."""
        self._app = app
        self._queue = queue
        self._width = width
        self._retry = retry.total_seconds()
        self._worker: Worker | None = None
        self._stopping = asyncio.Event()

    @property
    def worker_id(self) -> int | None:
        """The number under which the database knows its worker at present."""
        return None if self._worker is None else self._worker.worker_id

    async def work(self) -> None:
        """Begin jobs until `stop` is called, and return when all have ended."""
        while not self._stopping.is_set():
            self._worker = self._new_worker()
            try:
                await self._worker.run()  # type: ignore[no-untyped-call]  # it tells no types
            except ProcrastinateException as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    # Its own error has taken the place of this one.
                    raise asyncio.CancelledError from error
                # That the database does not answer is told by whoever asks it more often.
                if not isinstance(error, ConnectorException):
                    _log.warning("worker failed", queue=self._queue, cause=type(error).__name__)
            finally:
                self._worker = None
            if not self._stopping.is_set():
                await self._pause()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()
        if self._worker is not None:
            # What is under way is cancelled by whoever knows when.
            self._worker.shutdown_graceful_timeout = None
            self._worker.stop()  # type: ignore[no-untyped-call]  # it tells no types

    def begin_anew(self) -> None:
        """Replace a worker that counted as dead: its jobs are cancelled, others may have them."""
        if self._worker is not None and not self._stopping.is_set():
            self._worker.stop()  # type: ignore[no-untyped-call]  # it tells no types

    def _new_worker(self) -> Worker:
        return Worker(
            self._app,
            queues=[self._queue],
            name=self._queue,
            concurrency=self._width,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            # When it ends because it failed, jobs are cancelled at once: it sends no heartbeat.
            shutdown_graceful_timeout=0,
            update_heartbeat_interval=_NEVER,
            abort_job_polling_interval=_NEVER,
            # Dead ones are forgotten when their jobs were put back.
            stalled_worker_timeout=_NEVER,
        )

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._retry):
                await self._stopping.wait()
        except TimeoutError:
            pass
