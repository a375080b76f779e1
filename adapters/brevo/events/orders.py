"""Orders of a shop, as its plug-in tells them to Brevo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.contacts import created, modified_since
from adapters.brevo.events.sms import LACKING
from adapters.brevo.events.source import Batch
from adapters.brevo.limits import GENERAL
from adapters.brevo.spans import OVERLAP, micros_of
from adapters.brevo.values import fields_of
from adapters.brevo.walking import Footing, Listing, walk
from adapters.brevo.wire import email_of
from connector.domain.events import Event
from connector.domain.instants import parse_instant, to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from adapters.brevo.account import Account, Row
    from adapters.cursors import Place

PAGE_ORDERS = 100
"""The most orders of one answer."""

_PLACED, _REFUNDED = "order.placed", "order.refunded"
_NOT_PLACED = frozenset({"draft", "failed"})
_TAKEN_BACK = frozenset({"refunded", "cancelled", "canceled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The orders of one account."""

    account: Account
    page_rows: int = PAGE_ORDERS
    name = "orders"
    types = frozenset({_PLACED, _REFUNDED})

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield the orders that were made or changed, in the order in which they were made."""
        began = place.get("began") or to_micros(self.account.clock.now())
        listing = self._listing(place.get("since"))
        async for stretch in walk(self.account, listing, Footing.of(place.get("at"))):
            place |= {"began": began, "at": stretch.footing.plain()}
            if stretch.is_last:
                place = {"since": began - micros_of(OVERLAP)}
            with self.account.reading("read orders", "an order"):
                events = tuple(each for row in stretch.rows for each in _events(row))
            yield Batch(events=events, place=dict(place), total=stretch.total)

    def _listing(self, since: int | None) -> Listing:
        return Listing(
            operation="read orders",
            path="/orders",
            bucket=GENERAL,
            field="orders",
            limit=self.page_rows,
            key=lambda row: str(row["id"]),
            order=created,
            params=(("sort", "asc"), *modified_since(since)),
            may_lack=LACKING,
            is_bare_when_empty=True,
        )


def _events(row: Row) -> Iterator[Event]:
    """Yield that an order was placed, and that it was taken back; nothing of one that was not."""
    status, subject = str(row.get("status", "")).lower(), _subject(row)
    if subject is None or status in _NOT_PLACED:
        return
    fields = fields_of({"amount": row.get("amount"), "order": row["id"], **_products(row)})
    yield Event(
        id=f"order {row['id']}",
        subject=subject,
        type=_PLACED,
        occurred_at=parse_instant(row["createdAt"]),
        fields=fields,
    )
    if status in _TAKEN_BACK:
        yield Event(
            id=f"refund {row['id']}",
            subject=subject,
            type=_REFUNDED,
            # Of all dates this is the nearest; it moves with every change of the order.
            occurred_at=parse_instant(row.get("updatedAt") or row["createdAt"]),
            fields=fields,
        )


def _subject(row: Row) -> str | None:
    number = row.get("contact_id")
    if isinstance(number, int) and number > 0:
        return str(number)
    return email_of(row.get("email"))


def _products(row: Row) -> dict[str, object]:
    products = row.get("products")
    items = (
        [each for each in products if isinstance(each, dict)] if isinstance(products, list) else []
    )
    counts = [each.get("quantity") for each in items]
    known = [each for each in counts if isinstance(each, (int, float))]
    only = items[0].get("name") or items[0].get("productId") if len(items) == 1 else None
    return {"quantity": sum(known) if known else None, "product": only}
