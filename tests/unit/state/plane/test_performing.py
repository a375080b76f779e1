"""A job is performed where it may be begun, and waits again where that does not count."""

from __future__ import annotations

import pytest

from connector.ports.control import Job
from state.plane.performing import Performing

PUSH = Job(task="push", lane="crm")


@pytest.mark.parametrize(
    ("may_begin", "counts", "performed", "handed_back"),
    [(True, True, 1, 0), (False, True, 0, 1), (True, False, 1, 1)],
    ids=["at work", "stopping", "lane lost"],
)
async def test_what_is_not_begun_or_does_not_count_is_left_to_others(
    *, may_begin: bool, counts: bool, performed: int, handed_back: int
) -> None:
    back: list[Job] = []
    done: list[Job] = []

    async def hand_back(job: Job) -> None:
        back.append(job)

    async def perform(job: Job) -> None:
        done.append(job)

    performing = Performing(hand_back, may_begin=lambda _: may_begin, counts=lambda _: counts)
    await performing.perform(PUSH, 1, perform)

    assert (len(done), len(back)) == (performed, handed_back)
