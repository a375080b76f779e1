"""People are told by Apprise, one address apart from another, and no address comes to light."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic import SecretStr

from adapters.notify import addresses as module
from adapters.notify.addresses import Addresses, End
from adapters.notify.courier import Teller, notify_courier
from adapters.notify.notifier import AppriseNotifier
from adapters.notify.wording import body_of, title_of
from connector.domain.changes import Action, Addressee
from connector.errors import (
    ConfigError,
    PlatformUnavailable,
    RejectedByPlatform,
    UnsupportedByPlatform,
)
from connector.ports.notifier import Severity
from tests.builders import T
from tests.inbox import Inbox, open_inbox

VARIABLE = "HEATSYNC_NOTIFY__SALES"


@pytest.fixture
def ann() -> Iterator[Inbox]:
    with open_inbox() as inbox:
        yield inbox


@pytest.fixture
def ben() -> Iterator[Inbox]:
    with open_inbox() as inbox:
        yield inbox


def both(*inboxes: Inbox) -> SecretStr:
    return SecretStr(" ".join(each.address for each in inboxes))


def an_action(**fields: object) -> Action:
    params = {"heat": Decimal("41.5"), "heat_stage": "hot", "nothing": None}
    to = Addressee(remote_id="p_1", email="ann@x.org")
    given = {"key": "k", "trigger": "call_hot", "kind": "notify", "to": to, "at": T}
    return Action(**{**given, "params": params, **fields})  # type: ignore[arg-type]


async def test_every_address_is_told_the_same(ann: Inbox, ben: Inbox) -> None:
    courier = notify_courier("SALES", addresses=both(ann, ben), variable=VARIABLE)

    (outcome,) = await courier.actions.perform([an_action()])

    assert (outcome.error, outcome.remark, courier.lane) == (None, None, "notify SALES")
    for inbox in (ann, ben):
        (message,) = inbox.messages
        assert message["title"] == "call_hot: ann@x.org"
        assert message["message"] == (
            "ann@x.org\nheat: 41.5\nheat_stage: hot\n\n"
            "The trigger call_hot fired at 2026-01-15 10:00 UTC."
        )


async def test_where_one_was_told_it_is_done_and_the_rest_is_said(ann: Inbox, ben: Inbox) -> None:
    ben.statuses = [500]
    courier = notify_courier("SALES", addresses=both(ann, ben), variable=VARIABLE)

    (outcome,) = await courier.actions.perform([an_action()])

    assert (outcome.error, outcome.remark) == (None, "1 of 2 addresses told")


async def test_where_nobody_was_told_it_may_pass(ann: Inbox) -> None:
    ann.statuses = [503]
    courier = notify_courier("SALES", addresses=both(ann), variable=VARIABLE)

    (outcome,) = await courier.actions.perform([an_action()])

    assert isinstance(outcome.error, PlatformUnavailable)
    assert ann.address not in str(outcome.error)


async def test_a_message_that_takes_too_long_is_not_waited_for(
    ann: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_CALL", 0)
    courier = notify_courier("SALES", addresses=both(ann), variable=VARIABLE)

    (outcome,) = await courier.actions.perform([an_action()])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert "may have arrived" in str(outcome.error)


async def test_what_a_plugin_raises_is_a_failure(
    ann: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = Addresses(both(ann), variable=VARIABLE)

    def fails(**_: object) -> bool:
        raise RuntimeError(ann.address)

    monkeypatch.setattr(addresses._plugins[0], "notify", fails)

    assert await addresses.tell("title", "body") == [End.FAILED]


async def test_another_kind_is_refused_unasked(ann: Inbox) -> None:
    teller = Teller(lane="notify SALES", addresses=Addresses(both(ann), variable=VARIABLE))

    (outcome,) = await teller.perform([an_action(kind="email")])

    assert isinstance(outcome.error, UnsupportedByPlatform)
    assert ann.messages == []


@pytest.mark.parametrize("text", ["", " ", "sales", "json://ok.example.com nonsense://x"])
def test_what_is_no_address_is_refused_by_its_variable(text: str) -> None:
    with pytest.raises(ConfigError) as error:
        Addresses(SecretStr(text), variable=VARIABLE)

    assert str(error.value) == f"{VARIABLE} holds what is no Apprise address"


async def test_no_address_comes_to_light(caplog: pytest.LogCaptureFixture) -> None:
    secret = "s3cret-token"
    with caplog.at_level(logging.DEBUG):
        addresses = Addresses(SecretStr(f"json://{secret}@127.0.0.1:9"), variable=VARIABLE)
        ends = await addresses.tell("title", "body")

    assert ends == [End.FAILED]
    assert secret not in repr(addresses) + caplog.text


async def test_operators_who_were_told_are_not_told_the_same_again(ann: Inbox, ben: Inbox) -> None:
    notifier = AppriseNotifier(both(ann, ben))
    ben.statuses = [500]
    with pytest.raises(PlatformUnavailable, match="1 of 2 addresses could not be told"):
        await notifier.notify("mail refuses us", "since 10:00", Severity.FAILURE)

    await notifier.notify("mail refuses us", "since 10:00", Severity.FAILURE)
    await notifier.notify("mail is back", "since 11:00", Severity.OVER)

    assert [len(each.messages) for each in (ann, ben)] == [2, 2]
    assert [each["type"] for each in ann.messages] == ["failure", "success"]


def test_a_value_cannot_pass_for_another_line() -> None:
    action = an_action(params={"page": "https://x.org/\nheat: 100\u202e"})

    assert "page: https://x.org/ heat: 100\n" in body_of(action)
    assert title_of(an_action(to=Addressee(remote_id="p_1"))) == "call_hot: p_1"


async def test_a_call_that_nobody_waits_for_any_more_harms_nobody(ann: Inbox) -> None:
    addresses = Addresses(both(ann), variable=VARIABLE)
    task = asyncio.ensure_future(addresses.tell("title", "body"))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
