"""Orders: placed, taken back, and of whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.brevo.events.orders import Orders
from connector.domain.instants import iso
from tests.unit.adapters.brevo.canned import AT, Canned, events_of, read

Row = dict[str, Any]


def order_row(number: int, **more: object) -> Row:
    return {
        "id": f"order{number}",
        "contact_id": 7,
        "email": "ann@mail.example.com",
        "amount": 20.5,
        "status": "completed",
        "createdAt": iso(AT + timedelta(minutes=number)),
        "updatedAt": iso(AT + timedelta(days=number)),
        "products": [{"productId": "P1", "quantity": 2}],
        **more,
    }


def orders_of(*rows: Row) -> Canned:
    return Canned(lambda asked: (200, {"orders": asked.page_of(rows), "count": len(rows)}))


async def test_an_order_is_an_event_of_its_own_id() -> None:
    canned = orders_of(order_row(1))

    (event,) = events_of(await read(Orders(account=canned.account())))

    assert (event.id, event.subject, event.type) == ("order order1", "7", "order.placed")
    assert event.occurred_at == AT + timedelta(minutes=1)
    assert event.fields == {"amount": 20.5, "order": "order1", "quantity": 2.0, "product": "P1"}


@pytest.mark.parametrize("status", ["refunded", "cancelled", "Canceled"])
async def test_an_order_that_was_taken_back_is_two_events(status: str) -> None:
    canned = orders_of(order_row(1, status=status))

    placed, refunded = events_of(await read(Orders(account=canned.account())))

    assert (placed.type, refunded.type) == ("order.placed", "order.refunded")
    assert refunded.occurred_at == AT + timedelta(days=1)


async def test_an_order_that_was_never_made_is_no_event() -> None:
    canned = orders_of(order_row(1, status="draft"), order_row(2, contact_id=None, email=""))

    assert events_of(await read(Orders(account=canned.account()))) == []


async def test_an_order_without_a_contact_is_one_of_its_address() -> None:
    canned = orders_of(order_row(1, contact_id=None))

    (event,) = events_of(await read(Orders(account=canned.account())))

    assert event.subject == "ann@mail.example.com"


async def test_orders_are_then_asked_for_since_shortly_before() -> None:
    canned = orders_of(order_row(1))
    (*_, last) = await read(Orders(account=canned.account()))

    await read(Orders(account=canned.account()), last.place)

    assert canned.asked[-1].params["modifiedSince"] == "2026-01-15T10:20:00.000Z"


async def test_an_account_without_a_shop_has_no_orders() -> None:
    canned = Canned(lambda _: (403, {"code": "permission_denied", "message": "not activated"}))

    (batch,) = await read(Orders(account=canned.account()))

    assert batch.events == ()
