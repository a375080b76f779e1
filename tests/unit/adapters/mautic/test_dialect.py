"""What Mautic's answers say of limits and of errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.http import Answer, Call
from adapters.mautic.dialect import MauticDialect, complaint_of
from adapters.mautic.limits import API
from adapters.mautic.versions import version_of
from connector.errors import AccessRefused
from tests.conformance.world import AT
from tests.fakes import FakeClock

CALL = Call(operation="read contacts", method="GET", path="/api/contacts", buckets=(API,))
DIALECT = MauticDialect(FakeClock(AT))


def answer(status: int = 200, body: object = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=httpx.Headers(named), body=body)


def test_what_is_left_of_the_hour_is_told() -> None:
    ends_at = str(int((AT + timedelta(minutes=20)).timestamp()))
    (quota,) = DIALECT.quotas(
        CALL,
        answer(x_ratelimit_limit="500", x_ratelimit_remaining="7", x_ratelimit_reset=ends_at),
    )

    assert (quota.bucket, quota.limit, quota.remaining) == (API, 500, 7)
    assert quota.resets_after == timedelta(minutes=20)


def test_without_a_limit_nothing_is_told() -> None:
    assert list(DIALECT.quotas(CALL, answer())) == []


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, timedelta(minutes=1)),
        ({"retry_after": "30"}, timedelta(seconds=30)),
        ({"x_ratelimit_reset": "90"}, timedelta(seconds=90)),
        ({"x_ratelimit_reset": str(int(AT.timestamp()) + 90)}, timedelta(seconds=90)),
        ({"x_ratelimit_reset": str(int(AT.timestamp()) - 90)}, timedelta(seconds=1)),
        ({"x_ratelimit_reset": "9" * 18}, timedelta(minutes=1)),
        ({"x_ratelimit_reset": "soon"}, timedelta(minutes=1)),
        ({"x_ratelimit_reset": str(int(AT.timestamp()) + 10**6)}, timedelta(hours=1)),
    ],
)
def test_a_limit_that_was_passed_says_when_to_come_back(
    headers: dict[str, str], wait: timedelta
) -> None:
    assert DIALECT.wait(answer(429, **headers)) == wait


def test_an_answer_within_the_limit_asks_nobody_to_wait() -> None:
    assert DIALECT.wait(answer(200)) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"errors": [{"message": "no", "code": 403, "type": "api_disabled"}]},
            ("no", "api_disabled"),
        ),
        ({"errors": {"0": {"message": "no", "code": 400}}}, ("no", None)),
        ({"error": {"message": "no", "code": 500}}, ("no", None)),
        ({"error": "invalid_grant", "error_description": "lapsed"}, ("lapsed", "invalid_grant")),
        ({"error": "invalid_client"}, ("invalid_client", "invalid_client")),
        ({"errors": []}, (None, None)),
        ({"errors": ["no"]}, ("no", "no")),
        ([], (None, None)),
        (None, (None, None)),
    ],
)
def test_an_error_is_read_in_all_its_shapes(
    body: Any,  # noqa: ANN401 - whatever an answer says
    told: tuple[str | None, str | None],
) -> None:
    assert complaint_of(body) == told


@pytest.mark.parametrize("kind", ["api_disabled", "access_denied", "invalid_grant"])
def test_whoever_is_not_let_in_is_refused_altogether(kind: str) -> None:
    body = {"errors": [{"message": "no", "type": kind}]}

    assert DIALECT.error(answer(403, body)) is AccessRefused
    assert DIALECT.error(answer(403, {"errors": [{"message": "no", "type": None}]})) is None


def test_what_an_error_quotes_is_not_repeated() -> None:
    body = {"errors": [{"message": "the value \"Ada Lovelace\" of 'name' is too long"}]}

    assert DIALECT.message(answer(400, body)) == "the value … of … is too long"


@pytest.mark.parametrize(
    ("text", "version"),
    [("5.1.0", (5, 1)), ("7.0.0-rc", (7, 0)), ("dev", None), ("", None)],
)
def test_a_version_is_its_first_two_numbers(text: str, version: tuple[int, int] | None) -> None:
    assert version_of({"mautic-version": text}) == version
