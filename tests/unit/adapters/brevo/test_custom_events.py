"""Custom events: the new ones in one request, and those that were told late as well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.brevo.events.custom import CustomEvents
from connector.domain.instants import iso
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned, events_of, read

Row = dict[str, Any]


def custom_row(at: datetime, name: str = "page_viewed", **properties: object) -> Row:
    return {
        "contact_id": 7,
        "event_name": name,
        "event_date": iso(at),
        "event_properties": properties,
    }


def custom_events_of(*rows: Row) -> tuple[Canned, list[Row]]:
    """Return an account with these events, and the list in which it keeps them."""
    kept = list(rows)

    def answer(asked: Asked) -> Answer:
        kept.sort(key=lambda row: str(row["event_date"]), reverse=True)
        return 200, {"events": asked.page_of(kept), "count": len(kept)}

    return Canned(answer), kept


async def test_a_custom_event_is_told_with_its_properties() -> None:
    canned, _ = custom_events_of(
        custom_row(AT, "moon_landed", crater="Tycho", amount=2, tags=["a"])
    )

    (event,) = events_of(await read(CustomEvents(account=canned.account())))

    assert (event.subject, event.type, event.occurred_at) == ("7", "custom.moon_landed", AT)
    assert event.fields == {"crater": "Tycho", "amount": 2.0, "tags": '["a"]'}


async def test_what_heatsync_itself_sent_is_no_activity() -> None:
    canned, _ = custom_events_of(custom_row(AT, "hot_lead", heatsync_key="5"))

    assert events_of(await read(CustomEvents(account=canned.account()))) == []


async def test_a_canonical_type_may_be_told_with_a_line_for_its_dot() -> None:
    canned, _ = custom_events_of(custom_row(AT, "webinar_attended"))

    (event,) = events_of(await read(CustomEvents(account=canned.account())))

    assert event.type == "webinar.attended"


async def test_new_events_are_read_in_one_request() -> None:
    canned, kept = custom_events_of(*(custom_row(AT - timedelta(days=each)) for each in range(20)))
    (*_, last) = await read(CustomEvents(account=canned.account(), page_rows=8))
    kept.append(custom_row(AT + timedelta(minutes=1), "cart_updated"))
    canned.asked.clear()

    batches = await read(CustomEvents(account=canned.account(), page_rows=8), last.place)

    assert "custom.cart_updated" in {each.type for each in events_of(batches)}
    assert len(canned.asked) == 1


async def test_an_event_told_late_makes_all_be_read_again() -> None:
    canned, kept = custom_events_of(*(custom_row(AT - timedelta(days=each)) for each in range(20)))
    (*_, last) = await read(CustomEvents(account=canned.account(), page_rows=8))
    kept.append(custom_row(AT - timedelta(days=19, hours=1), "cart_updated"))

    batches = await read(CustomEvents(account=canned.account(), page_rows=8), last.place)

    assert "custom.cart_updated" in {each.type for each in events_of(batches)}


async def test_an_event_of_the_newest_instant_is_not_missed() -> None:
    canned, kept = custom_events_of(custom_row(AT))
    (*_, last) = await read(CustomEvents(account=canned.account()))
    kept.append(custom_row(AT, "cart_updated"))

    batches = await read(CustomEvents(account=canned.account()), last.place)

    assert "custom.cart_updated" in {each.type for each in events_of(batches)}


async def test_more_new_events_than_a_page_holds_are_all_read() -> None:
    canned, kept = custom_events_of(custom_row(AT))
    (*_, last) = await read(CustomEvents(account=canned.account(), page_rows=3))
    kept += [custom_row(AT + timedelta(minutes=each)) for each in range(1, 12)]

    batches = await read(CustomEvents(account=canned.account(), page_rows=3), last.place)

    assert len({each.id for each in events_of(batches)}) == 12


async def test_events_that_vanished_make_nothing_be_read_again() -> None:
    canned, kept = custom_events_of(*(custom_row(AT - timedelta(days=each)) for each in range(20)))
    (*_, last) = await read(CustomEvents(account=canned.account(), page_rows=8))
    del kept[10:]
    canned.asked.clear()

    (*_, last) = await read(CustomEvents(account=canned.account(), page_rows=8), last.place)

    assert len(canned.asked) == 1
    assert last.place["count"] == 10
