"""An API that is not served any more is no fault of what was to be written."""

import httpx
import pytest

from connector.domain.changes import Addressee, AttributeChange
from connector.errors import EndpointGone
from tests.unit.adapters.rest.entries import Service, a_platform

ENTRY = """
answers: {retired: [410]}
contacts: {path: /people, record: {id: id}}
writes:
  attributes: {method: PATCH, path: "/people/{{ contact.id }}", body: "{{ values }}", echo: "@"}
"""
CHANGE = AttributeChange(to=Addressee(remote_id="7"), values={"plan": "pro"})


async def test_a_status_may_say_that_nothing_is_served_any_more() -> None:
    platform = a_platform(ENTRY, Service([httpx.Response(410, json={})]))
    assert platform.attribute_writer

    with pytest.raises(EndpointGone):
        await platform.attribute_writer.write_attributes([CHANGE])
