"""What a plane says, and does not, while its database is away."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta

import pytest
from procrastinate.exceptions import ConnectorException
from structlog.testing import capture_logs

from tests.integration.replicas.planes import SCORE, Opening, opened
from tests.integration.replicas.processes import until

__all__ = ["opened"]

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

_INSERTED = '{"type": "job_inserted", "job_id": 0}'


async def test_an_end_that_the_database_cannot_be_told_of_leaves_no_error_behind(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await opened("first")
    unseen: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: unseen.append(context["message"])
    )

    async def fail(*_: object, **__: object) -> None:
        raise ConnectorException

    monkeypatch.setattr(first.plane._app.job_manager, "finish_job", fail)
    await first.plane.defer(SCORE)
    # It is done again, as nobody knows that it was.
    await until(lambda: len(first.begun) > 1)
    gc.collect()

    assert unseen == []


async def test_workers_say_nothing_of_their_own_when_the_database_is_away(opened: Opening) -> None:
    first = await opened("first")
    await until(lambda: first.plane._crews[0].worker_id is not None)

    with capture_logs() as logged:
        await first.plane._connections.pool.close()
        await first.plane._connections.hearing._hand_on("procrastinate_queue_v1#any", _INSERTED)
        await until(lambda: first.plane._outage.lasts and first.plane._crews[0].worker_id is None)

    events = [each["event"] for each in logged]
    assert (events.count("worker failed"), events.count("database does not answer")) == (0, 1)


async def test_an_answer_to_what_was_asked_before_the_trouble_does_not_end_it(
    opened: Opening,
) -> None:
    first = await opened("first")
    answered = asyncio.Event()

    async def ask() -> timedelta:
        await answered.wait()
        return timedelta()

    with capture_logs() as logged:
        asked = asyncio.create_task(first.plane._attempt(ask))
        await asyncio.sleep(0)
        await first.plane._connections.pool.close()
        await until(lambda: first.plane._outage.lasts)
        answered.set()
        await asked

    assert first.plane._outage.lasts
    assert "database answers again" not in [each["event"] for each in logged]
