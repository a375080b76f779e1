"""Instants that are in no year there is: an account that answers such costs only what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.hubspot.account import Account
from adapters.hubspot.events.forms import FormSource
from adapters.hubspot.events.mail import MailSource
from adapters.hubspot.events.source import Source
from adapters.hubspot.events.webinars import WebinarSource
from adapters.hubspot.wire import instant_of
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.hubspot.canned import Canned

NEVER = 10**15
ANN = "ann@example.com"
MAIL = {"id": "1", "type": "OPEN", "created": NEVER, "recipient": ANN}
FORM = {"submittedAt": NEVER, "values": [{"name": "email", "value": ANN}]}
CAME = {
    "id": "1",
    "properties": {"attendanceState": "ATTENDED", "occurredAt": NEVER},
    "associations": {"marketingEvent": {"name": "Scoring"}, "contact": {"contactId": "7"}},
}
SOURCES: dict[str, tuple[Callable[[Account], Source], list[dict[str, Any]]]] = {
    "mail": (
        lambda account: MailSource(account, frozenset({"email.opened"})),
        [{"hasMore": False, "events": [MAIL]}],
    ),
    "a form": (
        lambda account: FormSource(account, ()),
        [{"results": [{"id": "f", "name": "Demo"}]}, {"results": [FORM]}],
    ),
    "a webinar": (
        lambda account: WebinarSource(account, frozenset({"webinar.attended"})),
        [{"results": [{"objectId": "5"}]}, {"results": [CAME]}],
    ),
}


@pytest.mark.parametrize("what", SOURCES)
async def test_an_event_of_a_year_that_there_is_not_is_told_and_not_quoted(what: str) -> None:
    source, bodies = SOURCES[what]
    canned = Canned([(200, body) for body in bodies])

    with pytest.raises(UnexpectedAnswer) as raised:
        _ = [piece async for piece in source(canned.account()).pieces({})]

    assert str(NEVER) not in str(raised.value)
    assert canned.answers == []


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_date_that_is_out_of_the_calendar_in_utc_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not an instant"):
        instant_of(text)
