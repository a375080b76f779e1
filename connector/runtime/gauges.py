"""How an installation stands, as Prometheus collects it: names and numbers, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from connector.domain.outbound import DeliveryState
from connector.sync.troubles import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from prometheus_client import Metric

    from connector.sync.looking.standing import Standing

OK = "ok"
STATES = (OK, *(kind.value for kind in Kind))
"""What a platform may be in."""
_WORK = tuple(state.value for state in DeliveryState if state is not DeliveryState.CLEAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The state of an installation when it was last looked at."""

    standing: Standing
    platforms: Sequence[str]
    """Those in the configuration."""
    left_alone: frozenset[str]
    """Those that failed so often that this process asks nothing of them for a while."""
    firings: Mapping[str, Mapping[str, int]]
    """What triggers want done, per receiver and state."""
    score_changes: int
    stage_changes: Mapping[str, int]
    """Per score and grade."""
    seconds: float
    """How long looking took."""


class Gauges(Collector):
    """Tells of the last reading; of none but its absence."""

    reading: Reading | None = None

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is to tell depends on the configuration."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        reading = self.reading
        is_read = GaugeMetricFamily(
            "heatsync_state_readable", "Whether the database could be read for these figures."
        )
        is_read.add_metric([], float(reading is not None))
        yield is_read
        if reading is not None:
            yield from _of_streams(reading.standing)
            yield from _of_work(reading)
            yield from _of_platforms(reading)
            yield from _of_people(reading)


def _of_streams(standing: Standing) -> Iterator[Metric]:
    labels = ("platform", "stream")
    lag = GaugeMetricFamily(
        "heatsync_stream_lag_seconds",
        "Time since a stream was last read to its end; absent before the first time.",
        labels=labels,
    )
    every = GaugeMetricFamily(
        "heatsync_stream_interval_seconds", "How often a stream should be read.", labels=labels
    )
    age = GaugeMetricFamily(
        "heatsync_cursor_age_seconds", "Time since a cursor last moved on.", labels=labels
    )
    for each in standing.lags:
        every.add_metric([each.platform, each.stream], each.every.total_seconds())
        since = each.since(standing.at)
        if since is not None:
            lag.add_metric([each.platform, each.stream], since.total_seconds())
    known = {each.platform for each in standing.lags}
    for cursor in standing.streams:
        if cursor.platform in known:
            seconds = (standing.at - cursor.updated_at).total_seconds()
            age.add_metric([cursor.platform, cursor.stream], max(0.0, seconds))
    yield from (lag, every, age)


def _of_work(reading: Reading) -> Iterator[Metric]:
    standing = reading.standing
    rows = GaugeMetricFamily(
        "heatsync_backlog", "Contacts to be written to a platform.", labels=("platform", "state")
    )
    for name in sorted({*standing.backlog, *reading.platforms}):
        for state in _WORK:
            rows.add_metric([name, state], standing.backlog.get(name, {}).get(state, 0))
    deeds = GaugeMetricFamily(
        "heatsync_actions", "What triggers want done, by receiver.", labels=("receiver", "state")
    )
    for name, states in sorted(reading.firings.items()):
        for state, count in sorted(states.items()):
            deeds.add_metric([name, state], count)
    yield from (rows, deeds)
    yield from _of_calls(reading)


def _of_calls(reading: Reading) -> Iterator[Metric]:
    standing, labels = reading.standing, ("platform",)
    waiting = GaugeMetricFamily(
        "heatsync_webhooks_waiting", "Webhook calls that wait to be processed.", labels=labels
    )
    oldest = GaugeMetricFamily(
        "heatsync_webhooks_oldest_seconds",
        "Age of the oldest webhook call that waits; 0 where none does.",
        labels=labels,
    )
    dead = GaugeMetricFamily(
        "heatsync_webhooks_dead", "Webhook calls that were given up.", labels=labels
    )
    for name in sorted({*standing.inbound, *reading.platforms}):
        backlog = standing.inbound.get(name)
        waiting.add_metric([name], backlog.waiting if backlog else 0)
        dead.add_metric([name], backlog.dead if backlog else 0)
        oldest.add_metric([name], _age(backlog.oldest if backlog else None, standing.at))
    yield from (waiting, oldest, dead)


def _of_platforms(reading: Reading) -> Iterator[Metric]:
    standing = reading.standing
    state = GaugeMetricFamily(
        "heatsync_platform_state",
        f"1 for the state a platform is in: {', '.join(STATES)}.",
        labels=("platform", "state"),
    )
    circuit = GaugeMetricFamily(
        "heatsync_circuit_open",
        "Whether a platform failed so often that it is left alone for a while.",
        labels=("platform",),
    )
    kinds = {each.platform: each.kind.value for each in standing.troubles}
    for name in reading.platforms:
        circuit.add_metric([name], float(name in reading.left_alone))
        for each in STATES:
            state.add_metric([name, each], float(kinds.get(name, OK) == each))
    left = GaugeMetricFamily(
        "heatsync_budget_left",
        "Requests that may be made at once, within a limit of a platform.",
        labels=("platform", "limit"),
    )
    for name, limits in standing.room.left.items():
        for limit, count in limits.items():
            if count is not None:
                left.add_metric([name, limit], count)
    yield from (state, circuit, left)


def _of_people(reading: Reading) -> Iterator[Metric]:
    standing = reading.standing
    for name, text, value in (
        ("heatsync_contacts", "Contacts.", standing.contacts),
        ("heatsync_events", "Events that are stored.", standing.events),
        ("heatsync_contacts_waiting", "Contacts to be scored now.", standing.waiting),
        ("heatsync_state_read_seconds", "How long it took to read these figures.", reading.seconds),
    ):
        yield GaugeMetricFamily(name, text, value=value)
    if standing.decided_at is not None:
        instant = standing.decided_at.timestamp()
        text = "The last instant as of which anybody was scored."
        yield GaugeMetricFamily("heatsync_last_decision_timestamp_seconds", text, value=instant)
    text = "Scores, stages and grades that became another."
    yield CounterMetricFamily("heatsync_score_changes", text, value=reading.score_changes)
    moves = CounterMetricFamily(
        "heatsync_stage_changes",
        "How often a contact left a stage of a score, or a grade, for another.",
        labels=("score",),
    )
    for score in sorted({*standing.stages, *reading.stage_changes}):
        moves.add_metric([score], reading.stage_changes.get(score, 0))
    yield moves
    stages = GaugeMetricFamily(
        "heatsync_stage_contacts",
        "Contacts in each stage of a score, or grade.",
        labels=("score", "stage"),
    )
    for score, counts in sorted(standing.stages.items()):
        for stage, count in sorted(counts.items()):
            stages.add_metric([score, stage], count)
    yield stages


def _age(instant: datetime | None, at: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (at - instant).total_seconds())
