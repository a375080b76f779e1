"""The reference page of figures for Prometheus."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from prometheus_client import Metric

from connector.domain.ledger import Backlog, StoredCursor
from connector.ports.control import Job
from connector.runtime.clock import SystemClock
from connector.runtime.gauges import Gauges, Reading
from connector.runtime.metrics import Metrics
from connector.sync.asking.pace import Room
from connector.sync.looking.lags import Lag
from connector.sync.looking.standing import Standing
from connector.sync.summary import Summary
from docs.generators.markdown import code, codes, page, table

INTRODUCTION = """
`GET /metrics` on a running daemon gives these figures, in the text format of Prometheus. It asks
for the admin token when one is set. Labels name what the configuration names: platforms, streams,
limits, scores and stages. No label and no value is about one person.

How an installation stands is read from the database, which all replicas share: each of them tells
the same, so take `max by (...)` of it. What a process did is of that process alone: take `sum`.
"""
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_OUR_OWN = "heatsync_"


def page_of_metrics() -> str:
    """Return every figure with its type, labels and meaning."""
    header = ("Figure", "Type", "Labels", "Meaning")
    return page(
        "Metrics",
        INTRODUCTION,
        "## How the installation stands",
        table(header, _rows(_gauges().collect())),
        "## What a process did",
        table(header, _rows(each for each in _metrics().registry.collect() if _is_kept(each))),
        "Beside them are the usual `process_` figures: memory, processor time, open files.",
    )


def _rows(families: Iterable[Metric]) -> Iterator[tuple[str, str, str, str]]:
    for family in sorted(families, key=lambda each: each.name):
        labels = dict.fromkeys(
            name for sample in family.samples for name in sample.labels if name != "le"
        )
        name = f"{family.name}_total" if family.type == "counter" else family.name
        yield code(name), family.type, codes(labels), family.documentation


def _is_kept(family: Metric) -> bool:
    of_state = {each.name for each in _gauges().collect()}
    return family.name.startswith(_OUR_OWN) and family.name not in of_state


def _metrics() -> Metrics:
    """Return figures each of which has counted something."""
    metrics, job = Metrics(SystemClock()), Job(task="push", lane="crm")
    counts: Mapping[str, dict[str, int]] = {"crm": {"delivered": 1, "calls": 1}}
    summary = Summary(
        at=_AT,
        pulled={"crm": {"contacts": 1}},
        deliveries=dict(counts),
        drift={"crm": {"kept": 1}},
        triggers={"call": 1},
    )
    metrics.webhook_call("crm", "stored")
    metrics.webhooks_processed("crm", [_AT], ["crm"])
    metrics.summary(job, summary)
    metrics.job_ended(job, 1, "done")
    return metrics


def _gauges() -> Gauges:
    """Return figures of an installation in which there is one of everything."""
    gauges = Gauges()
    gauges.reading = Reading(
        standing=_standing(),
        platforms=["crm"],
        left_alone=frozenset(),
        firings={"crm": {"dead": 1}},
        score_changes=1,
        stage_changes={"lead": 1},
        seconds=1,
    )
    return gauges


def _standing() -> Standing:
    lag = Lag(
        platform="crm",
        stream="events",
        every=timedelta(minutes=15),
        completed_at=_AT,
        moved_at=_AT,
    )
    cursor = StoredCursor(platform="crm", stream="events", cursor="", reading="", updated_at=_AT)
    return Standing(
        at=_AT,
        contacts=1,
        events=1,
        waiting=1,
        decided_at=_AT,
        troubles=(),
        streams=[cursor],
        backlog={},
        drift={},
        triggers={},
        stages={"lead": {"hot": 1}},
        orphans={},
        runs=(),
        room=Room(left={"crm": {"minute": 1}}),
        copy=None,
        lags=[lag],
        inbound={"crm": Backlog(waiting=1, dead=0, oldest=_AT)},
    )
