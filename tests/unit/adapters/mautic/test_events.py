"""Rows as events, whatever the rows say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.mautic.events.hits import LANDING, hit_of
from adapters.mautic.events.machines import AT_ONCE, is_machine
from adapters.mautic.events.messages import message_of
from tests.conformance.world import AT

SECOND = timedelta(seconds=1)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
OPENED = '{{s:8:"datetime";s:19:"{at}";s:9:"useragent";s:{size}:"{agent}";s:9:"inBrowser";b:0;}}'


def hit(**more: object) -> dict[str, Any]:
    """Return a row of a hit, as a table has it."""
    said = {"id": "9", "lead_id": "47", "date_hit": "2026-01-15 10:30:00", "url": "/"}
    return {**said, **more}


def stat(details: object = None, **more: object) -> dict[str, Any]:
    """Return a row of a message, as a table has it."""
    said = {"id": "7", "lead_id": "47", "email_id": "3", "date_sent": "2026-01-15 10:30:00"}
    return {**said, "open_details": details, **more}


def serialised(agent: str) -> str:
    entry = OPENED.format(at="2026-01-15 10:31:00", size=len(agent.encode()), agent=agent)
    return f"a:1:{{i:0;a:3:{entry}}}"


@pytest.mark.parametrize(
    ("agent", "after", "expected"),
    [
        (BROWSER, timedelta(hours=1), None),
        (BROWSER, AT_ONCE, None),
        (BROWSER, AT_ONCE - SECOND, True),
        (BROWSER, -SECOND, None),
        (None, timedelta(hours=1), None),
        ("Mozilla/5.0", timedelta(hours=1), True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", timedelta(hours=1), True),
        ("GoogleImageProxy", timedelta(hours=1), None),
        ("python-requests/2.31", timedelta(hours=1), True),
        ("Mozilla/5.0 (iPhone) CuBot", timedelta(hours=1), True),
        ("Mozilla/5.0 Cubot_X18 Mobile", timedelta(hours=1), None),
    ],
)
def test_machines_are_known_by_their_names_and_by_their_haste(
    agent: str | None, after: timedelta, *, expected: bool | None
) -> None:
    assert is_machine(agent, AT, AT + after) is expected


@pytest.mark.parametrize("agent", [BROWSER, 'odd";s:9:"inBrowser"; one', "né é", ""])
def test_by_what_a_message_was_opened_is_read_from_what_php_wrote(agent: str) -> None:
    message = message_of(stat(serialised(agent)))

    assert list(message.agents.values()) == ([agent] if agent else [])


@pytest.mark.parametrize(
    "details",
    [None, "", "N;", "a:0:{}", "[", "[1]", '[{"datetime": "never", "useragent": "x"}]', 7],
)
def test_what_cannot_be_read_of_openings_costs_nothing_else(details: object) -> None:
    message = message_of(stat(details))

    assert message.agents == {}
    assert message.sent_at == AT


def test_a_message_of_one_occasion_is_known_by_itself() -> None:
    assert message_of(stat(email_id=None)).about == "stat-7"
    assert message_of(stat()).about == "3"


def test_a_message_that_a_program_sent_is_no_marketing() -> None:
    assert message_of(stat(source="api")).kind == "transactional"
    assert message_of(stat(source="campaign.event")).kind == "marketing"


def test_a_hit_of_nobody_is_none() -> None:
    assert hit_of(hit(lead_id=None)) is None
    assert hit_of(hit(lead_id="0")) is None


def test_a_hit_follows_a_link_unless_it_is_where_one_had_led() -> None:
    landed = hit_of(hit(source="email", source_id="3"))
    assert landed is not None
    assert landed.trail == ("47", "email", "3")
    trail = landed.trail

    assert landed.follows({})
    assert landed.follows({trail: [AT - LANDING - SECOND]})
    assert landed.follows({trail: [AT + SECOND]})
    assert not landed.follows({trail: [AT - LANDING]})


def test_a_link_that_mautic_passed_on_is_always_followed() -> None:
    passed = hit_of(hit(source="email", source_id="3", redirect_id="5"))

    assert passed is not None
    assert passed.follows({("47", "email", "3"): [AT]})
