"""What cannot be read of an answer is an error that says so, and quotes nothing of it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from adapters.brevo.account import Account
from adapters.brevo.events.custom import CustomEvents
from adapters.brevo.events.orders import Orders
from adapters.brevo.events.sms import sms
from adapters.brevo.events.source import Source
from adapters.brevo.events.statistics import statistics
from connector.domain.instants import iso
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.brevo.canned import AT, Canned, read

ADDRESS = "ann@mail.example.com"
SPOILT: dict[str, tuple[Callable[[Account], Source], str, dict[str, Any]]] = {
    "an order's instant": (
        lambda account: Orders(account=account),
        "orders",
        {"id": "o", "email": ADDRESS, "createdAt": iso(AT), "updatedAt": ADDRESS}
        | {"status": "refunded"},
    ),
    "an event's instant": (
        lambda account: CustomEvents(account=account),
        "events",
        {"contact_id": 7, "event_name": "seen", "event_date": ADDRESS},
    ),
    "an event without a name": (
        lambda account: CustomEvents(account=account),
        "events",
        {"contact_id": 7, "event_date": iso(AT)},
    ),
    "a mail's day": (statistics, "events", {"date": ADDRESS, "event": "opened", "email": ADDRESS}),
    "a mail to nobody": (statistics, "events", {"date": iso(AT), "event": "opened"}),
    "a message's day": (sms, "events", {"date": ADDRESS, "event": "sent", "phoneNumber": "1"}),
}


@pytest.mark.parametrize("what", SPOILT)
async def test_what_cannot_be_read_is_told_and_not_quoted(what: str) -> None:
    source, name, row = SPOILT[what]
    canned = Canned(lambda asked: (200, {name: asked.page_of([row]), "count": 1}))

    with pytest.raises(UnexpectedAnswer, match="that cannot be read") as raised:
        await read(source(canned.account()))

    assert ADDRESS not in "".join(traceback.format_exception(raised.value))


def test_a_number_without_end_is_no_id() -> None:
    account = Canned(lambda _: (200, {})).account()

    with pytest.raises(UnexpectedAnswer), account.reading("read campaigns", "a row"):
        int(json.loads("1e999"))
