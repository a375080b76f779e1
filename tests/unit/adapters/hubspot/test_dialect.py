"""What HubSpot's answers say of limits and errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.http import Answer, Call, Quota
from adapters.hubspot.adapter import buckets
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.limits import (
    BURST,
    DAILY,
    JOURNAL,
    REQUEST,
    SEARCH,
    SEARCH_REQUEST,
    buckets_of,
)
from connector.errors import RateLimited
from tests.fakes import FakeClock

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
HEADERS = {
    "X-HubSpot-RateLimit-Max": "190",
    "X-HubSpot-RateLimit-Remaining": "150",
    "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    "X-HubSpot-RateLimit-Daily": "650000",
    "X-HubSpot-RateLimit-Daily-Remaining": "640000",
}


def dialect(timezone: str | None = None) -> HubspotDialect:
    return HubspotDialect(FakeClock(AT), timezone)


def call(*buckets: str) -> Call:
    return Call(operation="list contacts", method="GET", path="/", buckets=buckets)


def answer(
    status: int = 200, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(status=status, headers=httpx.Headers(headers), body=body)


def limited(policy: str) -> Answer:
    body = {"status": "error", "errorType": "RATE_LIMIT", "policyName": policy}
    return answer(429, body)


def test_what_is_left_in_ten_seconds_and_of_the_day_is_learnt() -> None:
    told = list(dialect().quotas(call(*REQUEST), answer(headers=HEADERS)))

    assert told == [
        Quota(bucket=BURST, limit=190, remaining=150),
        Quota(bucket=DAILY, limit=650_000, remaining=640_000),
    ]


def test_a_known_time_zone_says_when_the_day_ends() -> None:
    told = list(dialect("America/New_York").quotas(call(DAILY), answer(headers=HEADERS)))

    assert told[0].resets_after == timedelta(hours=18, minutes=30)


def test_answers_to_searches_say_nothing() -> None:
    assert list(dialect().quotas(call(*SEARCH_REQUEST), answer())) == []


def test_a_limit_of_another_span_is_not_taken_for_ours() -> None:
    headers = {**HEADERS, "X-HubSpot-RateLimit-Interval-Milliseconds": "1000"}

    told = list(dialect().quotas(call(BURST), answer(headers=headers)))

    assert told == []


@pytest.mark.parametrize("value", ["", "many", "-1", "1e3", "²"])
def test_a_header_that_is_no_number_says_nothing(value: str) -> None:
    headers = httpx.Headers([(each.encode(), value.encode()) for each in HEADERS])

    told = dialect().quotas(call(*REQUEST), Answer(status=200, headers=headers))

    assert list(told) == []


def test_a_spent_day_lasts_until_midnight_of_the_account() -> None:
    refused = limited("DAILY")

    told = list(dialect("Europe/Paris").quotas(call(*REQUEST), refused))

    rest = timedelta(hours=12, minutes=30)
    assert told == [Quota(bucket=DAILY, remaining=0, resets_after=rest)]
    assert dialect("Europe/Paris").wait(refused) == rest


def test_a_day_that_has_twenty_three_hours_ends_earlier() -> None:
    clock = FakeClock(datetime(2026, 3, 29, 0, 0, tzinfo=UTC))

    rest = HubspotDialect(clock, "Europe/Paris").wait(limited("DAILY"))

    assert rest == timedelta(hours=22)


def test_a_spent_day_of_an_unknown_time_zone_is_asked_for_every_hour() -> None:
    refused = limited("DAILY")

    assert dialect().wait(refused) == timedelta(hours=1)
    assert list(dialect().quotas(call(*REQUEST), refused)) == [Quota(bucket=DAILY, remaining=0)]


def usage(resets_at: object) -> Answer:
    row = {"usageLimit": 250_000, "currentUsage": 10, "resetsAt": resets_at}
    return answer(200, {"results": [row]})


def test_the_answer_about_the_day_says_when_it_ends() -> None:
    told = list(dialect().quotas(call(*REQUEST), usage("2026-01-16T05:00:00Z")))

    assert told == [Quota(bucket=DAILY, resets_after=timedelta(hours=18, minutes=30))]


@pytest.mark.parametrize(
    "resets_at", [None, "soon", 5, "2026-01-15T10:30:00Z", "2026-01-18T00:00:00Z"]
)
def test_a_day_that_ends_at_no_possible_time_is_not_believed(resets_at: object) -> None:
    assert list(dialect().quotas(call(*REQUEST), usage(resets_at))) == []


@pytest.mark.parametrize(
    ("policy", "wait"), [("TEN_SECONDLY_ROLLING", 10), ("SECONDLY", 1), ("SOMETHING_NEW", 10)]
)
def test_the_limit_that_was_passed_says_how_long_to_wait(policy: str, wait: int) -> None:
    assert dialect().wait(limited(policy)) == timedelta(seconds=wait)


def test_too_many_searches_are_blamed_on_searching() -> None:
    told = list(dialect().quotas(call(*SEARCH_REQUEST), limited("SECONDLY")))

    assert told == [Quota(bucket=SEARCH, remaining=0)]


def test_what_is_locked_is_left_alone_for_two_seconds() -> None:
    locked = answer(423)

    assert dialect().error(locked) is RateLimited
    assert dialect().wait(locked) == timedelta(seconds=2)


@pytest.mark.parametrize(("header", "wait"), [("7200", 7200), (None, 3600)])
def test_an_account_that_is_moved_says_when_to_come_back(header: str | None, wait: int) -> None:
    moving = answer(477, headers={"Retry-After": header} if header else None)

    assert dialect().error(moving) is RateLimited
    assert dialect().wait(moving) == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"category": "VALIDATION_ERROR", "message": "no"}, "VALIDATION_ERROR: no"),
        ({"message": "no"}, "no"),
        ({"category": None, "errors": "x"}, None),
        ([], None),
        ("text", None),
        (None, None),
    ],
)
def test_every_field_of_an_error_may_be_missing(body: object, message: str | None) -> None:
    assert dialect().message(answer(400, body)) == message


@pytest.mark.parametrize(
    ("tier", "burst", "daily"),
    [("free", 100, 250_000), ("pro", 190, 625_000), ("enterprise", 190, 1_000_000)],
)
def test_limits_depend_on_the_tier(tier: str, burst: int, daily: int) -> None:
    limits = {each.name: each.limit for each in buckets_of(tier)}  # type: ignore[arg-type]  # drawn

    assert (limits[BURST], limits[DAILY], limits[SEARCH]) == (burst, daily, 5)


@pytest.mark.parametrize("is_read", [False, True])
def test_only_who_reads_the_journal_keeps_its_limit(is_read: bool) -> None:
    config = HubspotConfig(adapter="hubspot", journal=is_read)

    names = {each.name for each in buckets(config)}

    # Whoever takes the account over from another process waits for the longest of its windows.
    assert (JOURNAL in names, BURST in names) == (is_read, True)
