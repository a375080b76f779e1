"""Figures: what a process did, how the installation stands, and never who anybody is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.memory.faults import Fault
from connector.domain.ledger import Firing, FiringState, Inbound
from connector.errors import StateUnreachable
from connector.ports.control import Job
from connector.runtime.metrics import FRESH, Metrics
from connector.sync.summary import Summary
from tests.builders import T
from tests.unit.sync.world import World

PUSH = Job(task="push", lane="crm")


class Ticking:
    """A monotonic clock that is moved by hand."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


class Scraped:
    """Metrics of a world, and their samples by name and labels."""

    def __init__(self) -> None:
        self.world = World()
        self.monotonic = Ticking()
        self.metrics = Metrics(self.world.clock, self.monotonic)

    async def samples(self) -> dict[str, float]:
        content, _ = await self.metrics.exposition(self.world.workspace)
        return {
            _called(sample.name, sample.labels): sample.value
            for family in text_string_to_metric_families(content.decode())
            for sample in family.samples
        }


def _called(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{name}{{{told}}}" if told else name


@pytest.fixture
def scraped() -> Scraped:
    return Scraped()


async def test_the_format_is_the_one_that_prometheus_reads(scraped: Scraped) -> None:
    content, media_type = await scraped.metrics.exposition(scraped.world.workspace)

    assert media_type.startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(content.decode()))
    assert all(each.documentation for each in families)
    assert all(each.name.startswith(("heatsync_", "process_")) for each in families)
    assert not any(each.name.endswith("_created") for each in families)


async def test_jobs_are_counted_with_how_they_ended_and_how_long_they_took(
    scraped: Scraped,
) -> None:
    scraped.metrics.job_ended(Job(task="pull", subject="events", lane="crm"), 0.3, "done")
    scraped.metrics.job_ended(Job(task="score", subject="3 of 8"), 20, "failed")

    samples = await scraped.samples()

    assert samples["heatsync_jobs_total{job=pull events,outcome=done,platform=crm}"] == 1
    assert samples["heatsync_jobs_total{job=score,outcome=failed,platform=}"] == 1
    assert samples["heatsync_job_seconds_sum{job=score,platform=}"] == 20
    assert samples["heatsync_job_seconds_bucket{job=score,le=10.0,platform=}"] == 0
    assert samples["heatsync_job_seconds_bucket{job=score,le=30.0,platform=}"] == 1


async def test_what_jobs_did_adds_up(scraped: Scraped) -> None:
    summary = Summary(at=T, pulled={"crm": {"contacts": 2, "events": 5}}, scored=3)
    summary.deliveries["crm"] = {
        "delivered": 4,
        "unchanged": 1,
        "failed": 0,
        "dead": 2,
        "calls": 6,
    }
    summary.drift["crm"] = {"repaired": 1, "kept": 0}
    summary.triggers["call"] = 2

    for _ in range(2):
        scraped.metrics.summary(PUSH, summary)

    samples = await scraped.samples()
    assert samples["heatsync_pulled_total{platform=crm,stream=events}"] == 10
    assert samples["heatsync_deliveries_total{outcome=delivered,platform=crm}"] == 8
    assert samples["heatsync_deliveries_total{outcome=dead,platform=crm}"] == 4
    assert samples["heatsync_write_requests_total{platform=crm}"] == 12
    assert samples["heatsync_drift_total{outcome=repaired,platform=crm}"] == 2
    assert samples["heatsync_triggers_fired_total{trigger=call}"] == 4
    assert samples["heatsync_scored_total"] == 6


async def test_webhook_calls_are_counted_by_what_became_of_them(scraped: Scraped) -> None:
    scraped.metrics.webhook_call("crm", "stored")
    scraped.metrics.webhook_call("", "unknown")

    samples = await scraped.samples()

    assert samples["heatsync_webhook_calls_total{outcome=stored,platform=crm}"] == 1
    assert samples["heatsync_webhook_calls_total{outcome=unknown,platform=}"] == 1


async def test_the_way_of_a_webhook_is_timed_to_its_end(scraped: Scraped) -> None:
    clock = scraped.world.clock
    clock.advance(timedelta(seconds=3))
    scraped.metrics.webhooks_processed("mail", [T, T + timedelta(seconds=1)], ["crm"])
    clock.advance(timedelta(seconds=4))
    written = Summary(at=T, deliveries={"crm": {"delivered": 1, "calls": 1}})

    scraped.metrics.summary(Job(task="pull", subject="events", lane="crm"), written)
    for _ in range(2):
        scraped.metrics.summary(PUSH, written)

    samples = await scraped.samples()
    assert samples["heatsync_webhook_processed_seconds_sum{platform=mail}"] == 5
    assert samples["heatsync_webhook_processed_seconds_count{platform=mail}"] == 2
    assert samples["heatsync_webhook_delivered_seconds_sum{platform=crm}"] == 7
    assert samples["heatsync_webhook_delivered_seconds_count{platform=crm}"] == 1


async def test_how_far_behind_a_stream_is_grows_until_it_is_read(scraped: Scraped) -> None:
    world = scraped.world
    world.happens(world.crm, world.crm.create("ann@x.org"))
    await world.sync()
    world.clock.advance(timedelta(minutes=20))

    samples = await scraped.samples()

    assert samples["heatsync_stream_lag_seconds{platform=crm,stream=events}"] == 1200
    assert samples["heatsync_stream_interval_seconds{platform=crm,stream=events}"] == 900
    assert samples["heatsync_cursor_age_seconds{platform=crm,stream=events}"] == 1200


async def test_what_waits_and_what_was_given_up_is_told(scraped: Scraped) -> None:
    world = scraped.world
    world.crm.create("ann@x.org")
    await world.sync(pushes=False)
    world.crm.create("ben@x.org")
    await world.sync(scores=False, pushes=False)
    firing = Firing(
        key="k",
        contact=1,
        trigger="call",
        kind="notify",
        destination="notify SALES",
        at=T,
        state=FiringState.DEAD,
    )
    calls = [Inbound(platform="crm", id=each, body=b"", received_at=T) for each in "ab"]
    async with world.state.write() as tx:
        await tx.triggers.add([firing])
        await tx.inbound.add(calls)
        leased = await tx.inbound.lease("crm", owner="x", now=T, until=T, limit=1)
        await tx.inbound.fail(leased, error="odd", not_before=None, is_dead=True)
    world.clock.advance(timedelta(minutes=1))

    samples = await scraped.samples()

    assert samples["heatsync_backlog{platform=crm,state=pending}"] == 1
    assert samples["heatsync_backlog{platform=mail,state=dead}"] == 0
    assert samples["heatsync_actions{receiver=notify SALES,state=dead}"] == 1
    assert samples["heatsync_webhooks_waiting{platform=crm}"] == 1
    assert samples["heatsync_webhooks_dead{platform=crm}"] == 1
    assert samples["heatsync_webhooks_oldest_seconds{platform=crm}"] == 60
    assert samples["heatsync_webhooks_oldest_seconds{platform=mail}"] == 0
    assert samples["heatsync_contacts_waiting"] == 1


async def test_the_state_of_a_platform_is_one_of_a_few(scraped: Scraped) -> None:
    world = scraped.world
    world.crm.create("ann@x.org")
    world.play(world.crm, Fault.ACCESS_REFUSED)
    await world.sync()

    samples = await scraped.samples()

    of_crm = {name for name in samples if name.startswith("heatsync_platform_state{platform=crm")}
    assert {name for name in of_crm if samples[name]} == {
        "heatsync_platform_state{platform=crm,state=refused}"
    }
    assert samples["heatsync_platform_state{platform=mail,state=ok}"] == 1
    assert samples["heatsync_circuit_open{platform=crm}"] == 0


async def test_people_are_counted_and_nobody_is_named(scraped: Scraped) -> None:
    world = scraped.world
    for name in ("ann", "ben"):
        world.happens(world.crm, world.crm.create(f"{name}@x.org"))
    await world.sync()

    samples = await scraped.samples()

    assert samples["heatsync_contacts"] == 2
    assert samples["heatsync_events"] == 2
    assert samples["heatsync_stage_contacts{score=heat,stage=warm}"] == 2
    assert samples["heatsync_score_changes_total"] == 2
    assert samples["heatsync_stage_changes_total{score=heat}"] == 0
    assert samples["heatsync_last_decision_timestamp_seconds"] == T.timestamp()
    assert not [name for name in samples if "ann" in name or "@" in name]


async def test_labels_do_not_grow_with_people(scraped: Scraped) -> None:
    world = scraped.world
    counts = Counter[int]()
    for number in range(40):
        world.happens(world.crm, world.crm.create(f"p{number}@x.org"))
        if number in {19, 39}:
            summary = await world.sync()
            scraped.metrics.summary(PUSH, summary)
            scraped.monotonic.at += 1000
            counts[len(await scraped.samples())] += 1

    assert len(counts) == 1


async def test_the_state_is_read_once_for_scrapes_that_follow_each_other(
    scraped: Scraped,
) -> None:
    await scraped.samples()
    scraped.world.crm.create("ann@x.org")
    await scraped.world.sync()

    assert (await scraped.samples())["heatsync_contacts"] == 0
    scraped.monotonic.at += FRESH
    assert (await scraped.samples())["heatsync_contacts"] == 1


async def test_a_reading_that_takes_long_is_not_made_often(
    scraped: Scraped, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = type(scraped.world.state).event_copy

    async def slow(state: object) -> None:
        scraped.monotonic.at += 10

    monkeypatch.setattr(type(scraped.world.state), "event_copy", slow)
    await scraped.samples()
    monkeypatch.setattr(type(scraped.world.state), "event_copy", events)
    scraped.world.crm.create("ann@x.org")
    await scraped.world.sync()
    scraped.monotonic.at += 10 * FRESH

    assert (await scraped.samples())["heatsync_contacts"] == 0


async def test_a_database_that_is_away_leaves_the_figures_of_the_process(
    scraped: Scraped, monkeypatch: pytest.MonkeyPatch
) -> None:
    scraped.metrics.webhook_call("crm", "stored")

    async def away(_state: object) -> None:
        raise StateUnreachable

    monkeypatch.setattr(type(scraped.world.state), "event_copy", away)

    samples = await scraped.samples()

    assert samples["heatsync_state_readable"] == 0
    assert samples["heatsync_webhook_calls_total{outcome=stored,platform=crm}"] == 1
    assert "heatsync_contacts" not in samples


async def test_two_processes_in_one_do_not_share_figures() -> None:
    one, other = Scraped(), Scraped()
    one.metrics.webhook_call("crm", "stored")

    samples = await other.samples()

    assert not [name for name in samples if name.startswith("heatsync_webhook_calls_total")]
