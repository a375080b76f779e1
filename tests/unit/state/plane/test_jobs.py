"""What jobs are called as rows: apart from each other, and no longer than PostgreSQL takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.ports.control import Job
from state.plane.jobs import ANY, PARTS, key_of, queue_of, queue_of_lane

WORDS = st.text(max_size=60)
JOBS = st.builds(Job, lane=WORDS, task=WORDS, subject=WORDS)
MOST_CHANNEL = 63


@given(one=JOBS, other=JOBS)
def test_jobs_that_differ_have_different_keys(one: Job, other: Job) -> None:
    assert (key_of(one) == key_of(other)) == (one == other)


def test_words_of_a_job_do_not_run_together() -> None:
    assert key_of(Job(task="pull", lane="crm")) != key_of(Job(task="pull", subject="crm"))


@given(lane=st.text(min_size=1, max_size=100), other=st.text(min_size=1, max_size=100))
def test_each_lane_has_a_queue_whose_name_fits(lane: str, other: str) -> None:
    channel = f"procrastinate_queue_v1#{queue_of_lane(lane)}"

    assert len(channel.encode()) <= MOST_CHANNEL
    assert (queue_of_lane(lane) == queue_of_lane(other)) == (lane == other)
    assert queue_of_lane(lane) not in {ANY, PARTS}


def test_a_job_without_a_lane_waits_for_any_replica() -> None:
    assert queue_of(Job(task="score")) == ANY
    assert queue_of(Job(task="score", subject="1 of 8")) == PARTS
    assert queue_of(Job(task="push", lane="crm")) == queue_of_lane("crm")
