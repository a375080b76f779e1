"""Whoever writes is told which values are copies: nothing may stand for those."""

from __future__ import annotations

from decimal import Decimal

from connector.domain.outbound import Outbound
from connector.sync.outbox.difference import Difference
from connector.sync.outbox.item import Item


def test_copies_among_what_is_written_are_named() -> None:
    row = Outbound(contact=1, platform="crm", remote_id="11")
    item = Item(row=row, left=Difference(attributes={"score": Decimal(0), "orders": Decimal(0)}))

    change = item.attribute_change(frozenset({"orders", "city"}))

    assert change.copied == {"orders"}


def test_where_nothing_is_copied_nothing_is_named() -> None:
    row = Outbound(contact=1, platform="crm", remote_id="11")
    item = Item(row=row, left=Difference(attributes={"score": Decimal(0)}))

    assert item.attribute_change().copied == frozenset()
