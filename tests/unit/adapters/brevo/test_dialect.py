"""What Brevo's answers say beside what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.limits import CONTACTS, GENERAL, buckets_of
from adapters.http import Answer, Call, Quota

DIALECT = BrevoDialect(buckets_of("general"))


def answer(status: int = 200, /, body: object = None, **headers: str) -> Answer:
    named = {f"x-sib-ratelimit-{name}": value for name, value in headers.items()}
    return Answer(status=status, headers=httpx.Headers(named), body=body)


def quotas(bucket: str, /, *, status: int = 200, **headers: str) -> list[Quota]:
    call = Call(operation="ask", method="GET", path="/", buckets=(bucket,))
    return list(DIALECT.quotas(call, answer(status, **headers)))


def test_what_is_left_of_an_hour_is_told_with_the_seconds_until_it_ends() -> None:
    (quota,) = quotas(GENERAL, limit="100", remaining="7", reset="1200")

    assert quota == Quota(
        bucket=GENERAL, limit=100, remaining=7, resets_after=timedelta(minutes=20)
    )


def test_of_a_second_only_the_limit_counts() -> None:
    assert quotas(CONTACTS, limit="20", remaining="0", reset="1") == [
        Quota(bucket=CONTACTS, limit=20)
    ]


def test_whoever_is_refused_waits_for_the_second_to_end() -> None:
    (quota,) = quotas(CONTACTS, status=429, limit="10", remaining="0", reset="1")

    assert (quota.remaining, quota.resets_after) == (0, timedelta(seconds=1))


@pytest.mark.parametrize(
    ("limit", "reset"),
    [("100", "1800"), ("36000", "1800"), ("36000", "1"), ("0", "1")],
    ids=["the slow limit", "the limit of an hour", "at its very end", "none"],
)
def test_a_limit_over_another_span_is_not_taken_for_ours(limit: str, reset: str) -> None:
    (quota,) = quotas(CONTACTS, limit=limit, remaining="5", reset=reset)

    assert quota.limit is None


def test_a_contact_list_in_the_slow_bucket_is_noticed_by_what_is_left() -> None:
    (quota,) = quotas(CONTACTS, limit="100", remaining="0", reset="1800")

    assert (quota.remaining, quota.resets_after) == (0, timedelta(minutes=30))


@pytest.mark.parametrize(
    "headers",
    [{}, {"remaining": "5"}, {"reset": "9"}, {"remaining": "many", "reset": "9"}],
    ids=str,
)
def test_headers_that_say_nothing_teach_nothing(headers: Mapping[str, str]) -> None:
    call = Call(operation="ask", method="GET", path="/", buckets=(GENERAL,))

    assert list(DIALECT.quotas(call, answer(**headers))) == []


def test_the_reset_counts_seconds_left_and_is_how_long_to_stay_away() -> None:
    assert DIALECT.wait(answer(429, reset="45")) == timedelta(seconds=45)


def test_an_error_is_told_by_code_and_message() -> None:
    body = {"code": "invalid_parameter", "message": "Invalid limit"}

    assert DIALECT.message(answer(400, body)) == "invalid_parameter: Invalid limit"


@pytest.mark.parametrize("body", [None, [], "no", {"code": 5}], ids=str)
def test_an_error_without_words_is_told_without(body: object) -> None:
    assert DIALECT.message(answer(400, body)) is None
