"""Records of the CRM, where an account answers what HubSpot should not."""

from __future__ import annotations

import pytest

from adapters.hubspot.events.meanings import KINDS
from adapters.hubspot.events.records import RecordSource
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.hubspot.canned import Canned

MEETINGS = next(each for each in KINDS if each.name == "meetings")
MADE = {"id": "7", "properties": {"hs_createdate": "2026-01-15T09:00:00Z"}}
OF_MANY = {
    "from": {"id": "7"},
    "to": [{"toObjectId": 1}],
    "paging": {"next": {"after": "1"}},
}


async def test_contacts_of_a_record_that_go_round_in_a_circle_are_an_error() -> None:
    page = (200, {"results": [OF_MANY]})
    canned = Canned([(200, {"total": 1, "results": [MADE]}), page, page, page])
    source = RecordSource(canned.account(), MEETINGS, frozenset({"meeting.booked"}))

    with pytest.raises(UnexpectedAnswer, match="goes round in a circle"):
        _ = [each async for each in source.pieces({})]

    assert len(canned.asked) == 3
