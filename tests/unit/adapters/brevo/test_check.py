"""What keeps an account from working, told in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.brevo.adapter import sources_of
from adapters.brevo.check import BrevoCheck
from adapters.brevo.config import BrevoConfig
from connector.errors import Problem
from tests.unit.adapters.brevo.canned import Answer, Asked, Canned
from tests.unit.adapters.brevo.writing.mail import Mail


async def problems(
    answers: Mapping[str, Answer],
    wanted: frozenset[str] | None = None,
    *,
    has_token: bool = True,
) -> list[Problem]:
    """Return the problems of an account that answers so by path, and `{}` to all else."""

    def answer(asked: Asked) -> Answer:
        return answers.get(asked.path, (200, {}))

    account = Canned(answer).account()
    sources = sources_of(account, BrevoConfig(adapter="brevo"), wanted)
    check = BrevoCheck(
        account=account, plan="general", sources=sources, wanted=wanted, has_token=has_token
    )
    return list(await check.run())


async def test_a_sound_account_has_none() -> None:
    assert await problems({}) == []


async def test_a_key_may_be_wrong_or_its_user_a_stranger() -> None:
    (problem,) = await problems({"/account": (401, {"code": "unauthorized", "message": "no"})})

    assert "refuses the key" in problem.message
    assert "address of this machine" in problem.message
    assert "Authorised IPs" in (problem.hint or "")


async def test_events_that_something_looks_at_and_there_are_not_are_a_problem() -> None:
    refused = (403, {"code": "permission_denied", "message": "e-commerce is off"})

    found = await problems({"/orders": refused}, frozenset({"order.placed"}))

    assert [each.is_advice for each in found] == [False]
    assert "the account has no orders" in found[0].message
    assert "order.placed" in found[0].message


async def test_events_that_nothing_names_and_there_are_not_are_worth_a_look() -> None:
    refused = (403, {"code": "permission_denied", "message": "e-commerce is off"})

    found = await problems({"/orders": refused})

    assert [each.is_advice for each in found] == [True]


async def test_events_that_nothing_looks_at_are_not_asked_for() -> None:
    refused = (403, {"code": "permission_denied", "message": "no"})

    assert await problems({"/orders": refused}, frozenset({"email.opened"})) == []


async def test_a_plan_that_allows_less_than_the_configuration_says_is_a_problem() -> None:
    account = Mail(limits=True).way
    check = BrevoCheck(account=account, plan="extended", sources=(), wanted=None, has_token=True)

    (problem,) = await check.run()

    assert problem.path == "platforms.mail.plan"
    assert "means 600 requests an hour, and the account has 100" in problem.message


async def test_what_only_webhooks_tell_is_worth_a_look_without_a_token() -> None:
    wanted = frozenset({"list.subscribed"})

    (problem,) = await problems({}, wanted, has_token=False)

    assert problem.is_advice
    assert problem.message == "Brevo tells list.subscribed by webhooks only"
    assert "HEATSYNC_PLATFORMS__MAIL__WEBHOOK_TOKEN" in (problem.hint or "")
    assert await problems({}, wanted, has_token=True) == []
