"""What says that there is no such contact is what the entry says."""

import httpx
import pytest

from connector.domain.changes import Addressee, AttributeChange
from connector.errors import ContactGone, RejectedByPlatform
from tests.unit.adapters.rest.entries import Service, a_platform

ENTRY = """
contacts: {path: /people, record: {id: id}}
writes:
  attributes:
    method: PATCH
    path: "/people/{{ contact.id }}"
    body: "{{ values }}"
    echo: "@"
    gone: [404]
"""
CHANGE = AttributeChange(to=Addressee(remote_id="7"), values={"plan": "pro"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(404, ContactGone, id="as it says"),
        pytest.param(410, RejectedByPlatform, id="another status"),
    ],
)
async def test_a_contact_is_gone_where_the_entry_says_so(
    status: int, kind: type[RejectedByPlatform]
) -> None:
    platform = a_platform(ENTRY, Service([httpx.Response(status, json={})]))
    assert platform.attribute_writer

    (outcome,) = await platform.attribute_writer.write_attributes([CHANGE])

    assert type(outcome.error) is kind
