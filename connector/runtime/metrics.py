"""Figures for Prometheus: what this process did, and how the installation stands."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from connector.errors import ConnectorError
from connector.runtime.gauges import Gauges, Reading
from connector.sync.looking.standing import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from connector.ports.clock import Clock
    from connector.ports.control import Job
    from connector.sync.summary import Summary
    from connector.sync.workspace import Workspace

FRESH = 5.0
"""Seconds for which a reading of the state counts as present."""
_RESTS = 20
"""A reading that takes long is followed by a rest so many times as long."""
_DURATIONS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_AGES = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)

_COUNTERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "jobs_total": (
        "Jobs that ended: done, failed, or stopped amid their work.",
        ("job", "platform", "outcome"),
    ),
    "pulled_total": (
        "Contacts and events that platforms handed over.",
        ("platform", "stream"),
    ),
    "deliveries_total": (
        "Contacts written to platforms, by what became of it.",
        ("platform", "outcome"),
    ),
    "write_requests_total": (
        "Requests made to write to platforms and other receivers.",
        ("platform",),
    ),
    "drift_total": (
        "Values of ours that somebody else changed, repaired or kept.",
        ("platform", "outcome"),
    ),
    "scored_total": ("Contacts that were scored.", ()),
    "triggers_fired_total": ("Contacts for whom a trigger fired.", ("trigger",)),
    "webhook_calls_total": (
        "Webhook calls by what became of them; platform is empty for none of ours.",
        ("platform", "outcome"),
    ),
}
_HISTOGRAMS: Mapping[str, tuple[str, Sequence[str], Sequence[float]]] = {
    "job_seconds": ("How long jobs took.", ("job", "platform"), _DURATIONS),
    "webhook_processed_seconds": (
        "From a webhook call until whom it is about is scored.",
        ("platform",),
        _AGES,
    ),
    "webhook_delivered_seconds": (
        "From the first of the webhook calls until what came of them was delivered.",
        ("platform",),
        _AGES,
    ),
}

# When a series began is told by its first value as well, and would double their number.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here

_log = structlog.get_logger("heatsync")


class Metrics:
    """All figures of one process, in a registry of their own.

    Labels name platforms and other receivers, streams, limits, scores and stages, as the
    configuration does; so there are never many of them, and none names a person.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin at zero."""
        self._clock = clock
        self._monotonic = monotonic
        self.registry = registry = CollectorRegistry()
        self._gauges = Gauges()
        self._reading = asyncio.Lock()
        self._stale_at = 0.0
        self._oldest: dict[str, datetime] = {}
        """By receiver: when the first webhook call came of which it was not told yet."""
        ProcessCollector(registry=registry)
        registry.register(self._gauges)
        build = Gauge("heatsync_build_info", "Always 1.", ["version"], registry=registry)
        build.labels(version("heatsync")).set(1)
        self._counts = {
            name: Counter(f"heatsync_{name}", text, labels, registry=registry)
            for name, (text, labels) in _COUNTERS.items()
        }
        self._times = {
            name: Histogram(f"heatsync_{name}", text, labels, buckets=buckets, registry=registry)
            for name, (text, labels, buckets) in _HISTOGRAMS.items()
        }

    def job_ended(self, job: Job, seconds: float, outcome: str) -> None:
        """Count a job that took so long and was ``done``, ``failed`` or ``stopped``."""
        name = _name(job)
        self._counts["jobs_total"].labels(name, job.lane, outcome).inc()
        self._times["job_seconds"].labels(name, job.lane).observe(seconds)

    def summary(self, job: Job, summary: Summary) -> None:
        """Count what a job did."""
        for platform, counts in summary.pulled.items():
            for stream, count in counts.items():
                self._counts["pulled_total"].labels(platform, stream).inc(count)
        for platform, counts in summary.deliveries.items():
            for outcome, count in counts.items():
                if outcome == "calls":
                    self._counts["write_requests_total"].labels(platform).inc(count)
                else:
                    self._counts["deliveries_total"].labels(platform, outcome).inc(count)
        for platform, counts in summary.drift.items():
            for outcome, count in counts.items():
                self._counts["drift_total"].labels(platform, outcome).inc(count)
        for trigger, count in summary.triggers.items():
            self._counts["triggers_fired_total"].labels(trigger).inc(count)
        self._counts["scored_total"].inc(summary.scored)
        self._observe_delivery(job, summary)

    def webhook_call(self, platform: str, outcome: str) -> None:
        """Count a webhook call; `platform` is empty for one that is none of ours."""
        self._counts["webhook_calls_total"].labels(platform, outcome).inc()

    def webhooks_processed(
        self, platform: str, received: Sequence[datetime], lanes: Collection[str]
    ) -> None:
        """Take that calls received then are processed now; `lanes` are told what came of it."""
        instants, at = sorted(received), self._clock.now()
        for each in instants:
            self._times["webhook_processed_seconds"].labels(platform).observe(
                max(0.0, (at - each).total_seconds())
            )
        for lane in lanes if instants else ():
            self._oldest[lane] = min(self._oldest.get(lane, instants[0]), instants[0])

    async def exposition(self, workspace: Workspace) -> tuple[bytes, str]:
        """Return what Prometheus is shown, and its content type.

        The state is read for it at most every few seconds, and less often where that takes long.
        """
        async with self._reading:
            if self._monotonic() >= self._stale_at:
                await self._read(workspace)
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4

    async def _read(self, workspace: Workspace) -> None:
        began = self._monotonic()
        try:
            self._gauges.reading = await _read(workspace, began, self._monotonic)
        except ConnectorError as error:
            self._gauges.reading = None
            _log.warning("figures of the state cannot be read", reason=str(error))
        ended = self._monotonic()
        self._stale_at = ended + max(FRESH, _RESTS * (ended - began))

    def _observe_delivery(self, job: Job, summary: Summary) -> None:
        counts = summary.deliveries.get(job.lane, {})
        oldest = self._oldest.pop(job.lane, None) if job.task == "push" else None
        if oldest is not None and counts.get("delivered"):
            seconds = (self._clock.now() - oldest).total_seconds()
            self._times["webhook_delivered_seconds"].labels(job.lane).observe(max(0.0, seconds))


async def _read(workspace: Workspace, began: float, monotonic: Callable[[], float]) -> Reading:
    stands = await standing(workspace)
    async with workspace.state.read() as tx:
        firings = await tx.tallies.firings()
        score_changes = await tx.tallies.score_changes()
        stage_changes = await tx.tallies.stage_changes()
    return Reading(
        standing=stands,
        platforms=workspace.order,
        left_alone=frozenset(name for name in workspace.order if workspace.left_alone(name)),
        firings={
            name: {state.value: count for state, count in states.items()}
            for name, states in firings.items()
        },
        score_changes=score_changes,
        stage_changes=stage_changes,
        seconds=monotonic() - began,
    )


def _name(job: Job) -> str:
    """Return what is done, such as ``pull contacts``; a shard has no name of its own."""
    return f"{job.task} {job.subject}" if job.task == "pull" else job.task
