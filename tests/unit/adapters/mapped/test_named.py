"""Fields are read whether an API tells them as an object or as pairs."""

from __future__ import annotations

import pytest

from adapters.mapped.items import ItemReader
from adapters.mapped.mappings import ContactMapping
from adapters.mapped.named import values_by_name
from tests.builders import T


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"plan": "pro"}, {"plan": "pro"}),
        (
            [{"name": "plan", "value": "pro"}, {"name": 7, "value": None}],
            {"plan": "pro", "7": None},
        ),
        ([{"name": "plan", "value": "old"}, {"name": "plan", "value": "new"}], {"plan": "new"}),
        ([], {}),
        ({}, {}),
    ],
)
def test_values_are_told_by_name_or_in_pairs(told: object, meant: dict[str, object]) -> None:
    assert values_by_name(told) == meant


@pytest.mark.parametrize(
    "told",
    [
        None,
        "plan",
        7,
        ["plan"],
        [{"name": "plan"}],
        [{"value": "pro"}],
        [{"name": True, "value": 1}],
        [{"name": "plan", "value": "pro"}, None],
    ],
)
def test_anything_else_tells_no_values(told: object) -> None:
    assert values_by_name(told) is None


def test_further_fields_of_a_contact_may_come_in_pairs() -> None:
    mapping = ContactMapping(id="id", fields="values[].{name: field, value: value}")
    item = {"id": 1, "values": [{"field": "7", "value": "83"}, {"field": "9", "value": ""}]}
    reader = ItemReader(item=item, received_at=T, reading=None, misfits=[], is_whole=True)

    contact = reader.contact(mapping)

    assert contact is not None
    assert contact.attributes == {"7": "83", "9": None}
