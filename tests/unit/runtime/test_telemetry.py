"""Logs are events with fields: ours and those of libraries, one line each, nothing secret."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from connector.config.settings import Settings
from connector.ports.control import Job
from connector.runtime.telemetry import setup_logging, tell_turn
from connector.sync.receiving.taking_in import TakenIn
from connector.sync.summary import Summary
from connector.sync.tasks import inbound_job
from connector.sync.turns import Turn
from tests.builders import T

LIBRARIES = ("httpx", "uvicorn.error", "apscheduler.scheduler", "procrastinate.worker", "asyncio")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


def begin(written: io.StringIO, **given: Any) -> None:  # noqa: ANN401 - any setting
    settings = Settings(_env_file=None, **({"log_format": "json"} | given))
    setup_logging(settings, written)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_fields(written: io.StringIO) -> None:
    begin(written)

    structlog.get_logger("connector").info("pulled", platform="crm", contacts=3)

    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "pulled",
        "platform": "crm",
        "contacts": 3,
    }


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("ours", ["heatsync", "heatsync.web", "state.plane.plane"])
def test_no_line_of_ours_carries_our_name(written: io.StringIO, log_format: str, ours: str) -> None:
    begin(written, log_format=log_format)

    structlog.get_logger(ours).info("pulled")

    (line,) = written.getvalue().splitlines()
    assert "pulled" in line
    assert ours not in line


def test_for_people_it_is_a_line_to_be_read(written: io.StringIO) -> None:
    begin(written, log_format="console")

    structlog.get_logger("connector").warning("left alone", platform="crm")

    (line,) = written.getvalue().splitlines()
    assert "[warning" in line
    assert "left alone" in line
    assert "platform=crm" in line


def test_what_is_less_than_the_level_is_not_written(written: io.StringIO) -> None:
    begin(written, log_level="warning")

    structlog.get_logger("connector").info("pulled")

    assert written.getvalue() == ""


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("level", ["debug", "info"])
def test_libraries_tell_only_what_is_amiss(written: io.StringIO, library: str, level: str) -> None:
    begin(written, log_level=level)

    logging.getLogger(library).info('HTTP Request: GET https://api/c?email=a "200"')
    logging.getLogger(library).warning("odd: %s", "jane@x.fr")

    (line,) = lines(written)
    assert (line["event"], line["logger"]) == ("odd: [address]", library)


def test_a_pool_does_not_tell_each_attempt_to_reach_the_database(written: io.StringIO) -> None:
    begin(written, log_level="debug")

    logging.getLogger("psycopg.pool").warning("error connecting in 'pool-1'")

    assert written.getvalue() == ""


def test_a_handler_of_a_library_is_taken_away(written: io.StringIO) -> None:
    own = io.StringIO()
    logger = logging.getLogger("uvicorn.access")
    logger.addHandler(logging.StreamHandler(own))
    logger.propagate = False

    begin(written)
    logger.warning("odd")

    assert own.getvalue() == ""
    assert len(lines(written)) == 1


def test_a_warning_of_python_is_an_event(written: io.StringIO) -> None:
    begin(written)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old for jane@x.fr", stacklevel=1)

    (line,) = lines(written)
    assert line["logger"] == "py.warnings"
    assert "[address]" in line["event"]


def failing(secret: str) -> None:
    name = "Jane Doe"
    raise ValueError(f"it holds {secret}, of {len(name)}")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_tells_the_way_and_no_values(written: io.StringIO, log_format: str) -> None:
    begin(written, log_format=log_format, admin_token="token-0815")

    try:
        failing("token-0815 jane@x.fr")
    except ValueError:
        structlog.get_logger("connector").exception("a job failed", job="push crm")

    text = written.getvalue()
    assert "in failing" in text
    assert "it holds [hidden] [address]" in text
    for value in ("token-0815", "Jane Doe", "jane"):
        assert value not in text.replace('name = "Jane Doe"', "")


def test_secrets_that_were_in_force_before_stay_hidden(written: io.StringIO) -> None:
    old, new = (
        Settings(_env_file=None, admin_token=SecretStr(each)) for each in ("token-old", "token-new")
    )

    setup_logging(new, written, before=old)
    structlog.get_logger("connector").info("a token-new for a token-old")

    assert "a [hidden] for a [hidden]" in written.getvalue()


def test_what_ends_the_process_is_logged_and_redacted(written: io.StringIO) -> None:
    begin(written)
    error = RuntimeError("of jane@x.fr")

    sys.excepthook(RuntimeError, error, None)

    (line,) = lines(written)
    assert line["level"] == "critical"
    assert line["exception"] == "RuntimeError: of [address]"


def test_what_ends_a_thread_is_logged_and_redacted(written: io.StringIO) -> None:
    begin(written)

    thread = threading.Thread(target=failing, args=("jane@x.fr",))
    thread.start()
    thread.join()

    (line,) = lines(written)
    assert "[address]" in line["exception"]


def test_a_turn_is_told_with_what_it_did(written: io.StringIO) -> None:
    begin(written)
    summary = Summary(at=T, pulled={"crm": {"contacts": 2, "events": 5}}, scored=2)
    summary.deliveries["crm"] = {
        "delivered": 1,
        "unchanged": 1,
        "failed": 0,
        "dead": 0,
        "calls": 3,
    }

    tell_turn(Job(lane="crm", task="pull", subject="contacts"), Turn(summary=summary), 1.23456)

    (line,) = lines(written)
    told = {name: line[name] for name in ("action", "platform", "job", "contacts", "events")}
    assert told == {
        "action": "pull",
        "platform": "crm",
        "job": "pull contacts crm",
        "contacts": 2,
        "events": 5,
    }
    assert (line["scored"], line["delivered"], line["calls"], line["seconds"]) == (2, 1, 3, 1.235)
    assert "failed" not in line


def test_a_turn_that_took_in_calls_is_told_with_what_they_brought(written: io.StringIO) -> None:
    begin(written)
    taken = TakenIn(calls=4, events=3, dead=1)

    tell_turn(inbound_job("crm"), Turn(summary=Summary(at=T, scored=1), taken=taken), 0.1)

    (line,) = lines(written)
    told = {name: line[name] for name in ("calls", "events", "scored", "dead")}
    assert told == {"calls": 4, "events": 3, "scored": 1, "dead": 1}


@pytest.mark.parametrize(("calls", "is_news"), [(0, True), (1, False)])
def test_a_push_that_could_not_write_is_told(
    written: io.StringIO, calls: int, *, is_news: bool
) -> None:
    begin(written)
    counts = {"delivered": 0, "unchanged": 0, "failed": 2, "dead": 0, "calls": calls}
    turn = Turn(summary=Summary(at=T, deliveries={"crm": counts}))

    tell_turn(Job(lane="crm", task="push"), turn, 0.1, is_news=is_news)

    (line,) = lines(written)
    assert (line["level"], line["failed"]) == ("info", 2)


def test_a_push_that_still_may_send_nothing_is_told_to_nobody(written: io.StringIO) -> None:
    begin(written)
    counts = {"delivered": 0, "unchanged": 0, "failed": 2, "dead": 0, "calls": 0}
    turn = Turn(summary=Summary(at=T, deliveries={"crm": counts}))

    tell_turn(Job(lane="crm", task="push"), turn, 0.1, is_news=False)

    assert written.getvalue() == ""


def test_a_turn_that_erased_people_is_told_with_their_number(written: io.StringIO) -> None:
    begin(written)
    summary = Summary(at=T, erased=Counter(crm=2))

    tell_turn(inbound_job("crm"), Turn(summary=summary, taken=TakenIn(calls=1)), 0.1)

    (line,) = lines(written)
    assert (line["level"], line["platform"], line["erased"]) == ("info", "crm", 2)


def test_calls_that_brought_nothing_yet_are_told_to_nobody(written: io.StringIO) -> None:
    begin(written)
    taken = TakenIn(calls=4, failed=2)

    tell_turn(inbound_job("crm"), Turn(summary=Summary(at=T), taken=taken), 0.1)

    assert written.getvalue() == ""


def test_a_turn_that_found_nothing_to_do_is_told_to_nobody(written: io.StringIO) -> None:
    begin(written)
    summary = Summary(at=T, pulled={"crm": {"contacts": 0, "events": 0}})

    tell_turn(Job(task="score"), Turn(summary=summary), 0.1)

    assert written.getvalue() == ""
