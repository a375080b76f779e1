"""What keeps an account from working is said in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from adapters.hubspot.check import Check
from adapters.hubspot.config import HubspotConfig, Tier
from adapters.hubspot.events.mail import MailSource
from adapters.hubspot.events.stream import EventReader
from connector.errors import PlatformUnavailable, Problem
from connector.ports.platform import Part
from tests.unit.adapters.hubspot.canned import Asked, Canned, error

DETAILS = {"portalId": 62515, "timeZone": "Europe/Paris"}
USAGE = {"usageLimit": 250_000, "currentUsage": 10, "resetsAt": "2026-01-16T00:00:00Z"}
LISTS_READ = "crm.lists.read"


def missing(*scopes: str) -> dict[str, Any]:
    detail = {"message": "no", "context": {"requiredGranularScopes": list(scopes)}}
    return {**error("MISSING_SCOPES"), "errors": [detail]}


class Answers:
    """Answers by the end of the path; whatever else is asked is fine, or empty."""

    def __init__(self, **special: tuple[int, object]) -> None:
        self.special: Mapping[str, tuple[int, object]] = {
            "details": (200, DETAILS),
            "usage": (200, {"results": [USAGE]}),
            **special,
        }
        self.canned = Canned([self] * 20)

    def __call__(self, asked: Asked) -> tuple[int, object]:
        name = asked.path.rsplit("/", 1)[-1].replace("private-apps", "usage")
        if name in self.special:
            return self.special[name]
        return (200, {"results": []}) if asked.method == "GET" else (400, error("VALIDATION_ERROR"))


async def checked(answers: Answers, tier: Tier = "free", **kept: Any) -> list[Problem]:  # noqa: ANN401 - any field
    zone = kept.pop("timezone", None)
    config = HubspotConfig(adapter="hubspot", tier=tier, timezone=zone)
    account = answers.canned.account()
    events = EventReader(account, kept.pop("sources", []))
    check = Check(account=account, config=config, events=events, **kept)
    return list(await check.run())


async def test_a_sound_account_has_no_problems() -> None:
    assert await checked(Answers()) == []


async def test_nothing_that_is_asked_can_change_anything() -> None:
    answers = Answers()

    await checked(answers)

    bodies = [each.body for each in answers.canned.asked if each.method in {"POST", "PUT"}]
    assert bodies
    assert all(body in ({"inputs": []}, [], {}) or "count" in body for body in bodies)


async def test_a_missing_right_is_told_by_its_name_and_what_it_is_for() -> None:
    (problem,) = await checked(Answers(search=(403, missing(LISTS_READ, "crm.lists.all"))))

    assert problem.message == (
        "the token lacks the scope `crm.lists.read` or `crm.lists.all`: "
        "without it heatsync cannot read lists"
    )


async def test_what_an_account_lacks_for_other_reasons_is_told() -> None:
    answer = (403, error("FORBIDDEN", "This account has no transactional add-on"))

    (problem,) = await checked(Answers(**{"single-send": answer}))

    assert "send e-mails of triggers: FORBIDDEN: This account has no" in problem.message


async def test_a_right_that_nothing_needs_is_not_missed() -> None:
    lacking = {"search": (403, missing(LISTS_READ)), "add": (403, missing("crm.lists.write"))}

    found = await checked(
        Answers(**lacking), parts=frozenset({Part.ATTRIBUTE_WRITER}), action_kinds=frozenset()
    )

    assert found == []


async def test_requests_of_today_that_are_used_up_are_told() -> None:
    used = {"usage": (200, {**USAGE, "currentUsage": 250_000})}

    (problem,) = await checked(Answers(**used))

    assert problem.message == "all 250,000 requests that the account has for today are used up"


async def test_a_tier_that_the_account_does_not_have_is_told() -> None:
    (problem,) = await checked(Answers(), tier="pro")

    assert "means 625,000 requests a day, and the account has 250,000" in problem.message


async def test_a_time_zone_that_the_account_is_not_in_is_told() -> None:
    (problem,) = await checked(Answers(), timezone="America/New_York")

    assert "the account is in Europe/Paris" in problem.message


async def test_an_account_that_does_not_tell_its_usage_has_no_problem() -> None:
    assert await checked(Answers(usage=(httpx.codes.FORBIDDEN, missing("x")))) == []


async def test_a_source_of_events_that_the_account_lacks_is_only_worth_a_look() -> None:
    answers = Answers(events=(403, missing("content")))
    mail = MailSource(answers.canned.account(), frozenset({"email.opened"}))

    (problem,) = await checked(answers, sources=[mail])

    assert problem.is_advice
    assert "has no marketing e-mail" in problem.message


async def test_a_wrong_token_is_told_with_what_another_needs_and_where_it_goes() -> None:
    refused = Answers(details=(401, error("INVALID_AUTHENTICATION")))

    (problem,) = await checked(
        refused, parts=frozenset({Part.CONTACTS, Part.LIST_WRITER}), action_kinds=frozenset()
    )

    scopes = "`crm.objects.contacts.read`, `crm.lists.read`, `crm.lists.write`"
    assert problem.message == "HubSpot refuses the token"
    assert f"make a service key in HubSpot (Settings, Integrations) with {scopes}" in (
        problem.hint or ""
    )
    assert "HEATSYNC_PLATFORMS__CRM__ACCESS_TOKEN" in (problem.hint or "")
    assert len(refused.canned.asked) == 1


async def test_an_account_that_cannot_be_asked_is_raised() -> None:
    with pytest.raises(PlatformUnavailable):
        await checked(Answers(details=(503, error("INTERNAL_ERROR"))))
