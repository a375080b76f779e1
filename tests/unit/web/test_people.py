"""What a person decides about somebody, over the API, and how the command line asks for it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.daemon import Daemon
from connector.errors import (
    AccessRefused,
    ConfigError,
    NotFound,
    PlatformUnavailable,
    StateBusy,
    UnexpectedAnswer,
)
from connector.ports.control import Job
from connector.sync.simulating.question import Question
from tests.unit.web.house import House

ADA, BOB = "ada@example.com", "bob@example.com"
SCORING = [Job(task="score")]


@pytest.fixture
async def house() -> House:
    """Return an installation that knows Ada and Bob."""
    house = House()
    for email in (ADA, BOB):
        house.world.crm.create(email, job="boss")
    await house.world.sync()
    return house


def the_daemon(house: House, token: str | None = None) -> Daemon:
    """Return the way that the command line goes, without a socket."""
    transport = httpx.ASGITransport(house.app, client=("127.0.0.1", 50_000))
    return Daemon("http://localhost", SecretStr(token) if token else None, transport)


async def test_an_override_is_in_force_and_its_person_is_scored_at_once(house: House) -> None:
    async with the_daemon(house) as daemon:
        asked = {"contact": ADA, "score": "heat", "value": 42, "reason": "Met at the fair"}
        done = await daemon.post("/contacts/override", asked)

    assert (done["contact"]["email"], done["score"], done["value"]) == (ADA, "heat", 42)
    assert house.jobs == SCORING
    await house.world.sync()
    assert (await house.world.scores())[ADA] == (42, "hot")


async def test_an_override_is_ended(house: House) -> None:
    asked: dict[str, object] = {"contact": ADA, "score": "heat"}
    async with the_daemon(house) as daemon:
        await daemon.post("/contacts/override", {**asked, "value": 42, "reason": "x"})

        done = await daemon.post("/contacts/clear-override", asked)

    assert done["value"] is None
    await house.world.sync()
    assert (await house.world.scores())[ADA] == (5, "cold")


async def test_somebody_is_forgotten(house: House) -> None:
    async with the_daemon(house) as daemon:
        with capture_logs() as logged:
            done = await daemon.post("/contacts/forget", {"contact": ADA})

    assert done["erased"]["persons"] == 1
    assert [each["platform"] for each in done["elsewhere"]] == ["crm"]
    assert set(await house.world.scores()) == {BOB}
    (line,) = [each for each in logged if each["event"] == "somebody was forgotten"]
    assert (line["was_known"], line["persons"]) == (True, 1)
    assert ADA not in str(line)


async def test_whoever_is_forgotten_is_in_no_simulation_either(house: House) -> None:
    question = Question(at=house.world.clock.now())
    house.trials.ask(house.world.configuration, {}, question)

    async with the_daemon(house) as daemon:
        await daemon.post("/contacts/forget", {"contact": ADA})

    assert house.trials.latest() == []


async def test_the_token_is_sent() -> None:
    house = House(admin_token=SecretStr("s3cret"))

    async with the_daemon(house, "s3cret") as daemon:
        done = await daemon.post("/contacts/forget", {"contact": ADA})

    assert done["erased"] == {}


async def test_a_wrong_token_is_refused_in_words() -> None:
    house = House(admin_token=SecretStr("s3cret"))

    async with the_daemon(house, "other") as daemon:
        with pytest.raises(AccessRefused, match="HEATSYNC_ADMIN_TOKEN"):
            await daemon.post("/contacts/forget", {"contact": ADA})


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        pytest.param({"contact": "who"}, NotFound, "nobody is known", id="nobody"),
        pytest.param({"contact": ADA, "reason": " "}, ConfigError, "give a reason", id="no reason"),
        pytest.param({"contact": ADA, "value": True}, ConfigError, "body.value", id="no number"),
        pytest.param(
            {"contact": ADA, "score": "cold"}, ConfigError, "no score cold", id="no score"
        ),
    ],
)
async def test_what_cannot_be_done_is_told_as_without_a_daemon(
    house: House, asked: dict[str, object], error: type[Exception], words: str
) -> None:
    given = {"score": "heat", "value": 1, "reason": "x", **asked}

    async with the_daemon(house) as daemon:
        with pytest.raises(error, match=words):
            await daemon.post("/contacts/override", given)


def answering(status: int, **content: Any) -> Daemon:  # noqa: ANN401 - JSON
    """Return a daemon that answers all the same."""
    answer = httpx.Response(status, **content)
    return Daemon("http://localhost", None, httpx.MockTransport(lambda _: answer))


@pytest.mark.parametrize(
    ("daemon", "error"),
    [
        pytest.param(answering(503, json={"error": "busy"}), StateBusy, id="busy"),
        pytest.param(answering(500, text="oh"), UnexpectedAnswer, id="failing"),
        pytest.param(answering(200, text="<html>"), UnexpectedAnswer, id="another program"),
    ],
)
async def test_other_answers_are_errors(daemon: Daemon, error: type[Exception]) -> None:
    async with daemon:
        with pytest.raises(error):
            await daemon.get("/deliveries")


async def test_a_daemon_that_does_not_answer_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with Daemon("http://localhost:1", None, httpx.MockTransport(refuse)) as daemon:
        with pytest.raises(PlatformUnavailable, match="does not answer at http://localhost:1"):
            await daemon.get("/deliveries")
