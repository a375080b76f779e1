"""An instance that does not know which page is wanted keeps nobody reading for ever."""

from __future__ import annotations

import pytest

from adapters.mautic.events.activity import activities_of
from adapters.mautic.events.row_events import HITS
from adapters.mautic.listing import PAGE_ROWS, all_of
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.mautic.canned import Canned
from tests.unit.adapters.mautic.test_dated_tables import source

ROUND = "goes round in a circle"


async def test_a_list_that_gives_its_first_page_again_is_an_error() -> None:
    rows = {str(number): {"id": number} for number in range(PAGE_ROWS)}
    canned = Canned(lambda _: (200, {"fields": rows, "total": "950"}))

    with pytest.raises(UnexpectedAnswer, match=ROUND):
        await all_of(canned.account(), "read fields", "/api/fields/contact", "fields")

    assert len(canned.asked) == 2


async def test_a_table_that_gives_its_first_rows_again_is_an_error() -> None:
    rows = [{"id": str(number), "at": "2026-01-15 10:00:00"} for number in range(3)]
    canned = Canned(lambda _: (200, {"stats": rows}))

    with pytest.raises(UnexpectedAnswer, match=ROUND):
        async for _ in source(canned, page_rows=3).read({}):
            pass

    assert len(canned.asked) == 2


async def test_an_activity_that_gives_its_first_page_again_is_an_error() -> None:
    hit = {"event": "page.hit", "timestamp": "2026-01-15T10:00:00+00:00", "contactId": None}
    canned = Canned(lambda _: (200, {"events": [hit] * 3, "total": "950"}))

    with pytest.raises(UnexpectedAnswer, match=ROUND):
        async for _ in activities_of(canned.account(), 3)[HITS].read({}):
            pass

    assert len(canned.asked) == 2
