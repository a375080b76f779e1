"""The examples of ActiveCampaign's reference are read, and asked for, as the reference has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import SecretStr

from adapters.rest.adapter import RestPlatform, connect
from adapters.rest.config import RestConfig
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.contacts import Contact, Reading
from connector.domain.values import FieldType, Written
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.platform import NewContact
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY

SAMPLES = Path(__file__).with_name("samples")


class Reference:
    """Answers with the examples, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        method, path = request.method, request.url.path.removeprefix("/api/3/")
        name = {
            ("GET", "contacts"): "contacts",
            ("GET", "contacts/1"): "contact",
            ("PUT", "contacts/113"): "updated",
            ("POST", "contact/sync"): "synced",
            ("GET", "lists"): "lists",
        }[method, path]
        content = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
        if "id_greater" in request.url.params:
            content["contacts"] = []
        return httpx.Response(200, json=content)

    def platform(self) -> RestPlatform:
        entry = {
            "adapter": "rest",
            "preset": "activecampaign",
            "url": "https://youraccountname.api-us1.com",
        }
        context = PlatformContext(
            name="ac",
            config=RestConfig.model_validate_json(json.dumps(entry), strict=True),
            folder=Path(),
            clock=FakeClock(T),
            budget=Unlimited(),
            secrets={"api_key": SecretStr(KEY)},
        )
        return connect(context, transport=httpx.MockTransport(self))


async def test_the_example_of_contacts_is_read() -> None:
    reference = Reference()
    source = reference.platform().contacts
    assert source is not None

    pages = [page async for page in source.contacts(Reading(), None)]

    (adam,) = [contact for page in pages for contact in page.items]
    assert (adam.remote_id, adam.emails) == ("5", ("adam@example.com",))
    assert adam.created_at == datetime(2018, 9, 12, 21, 53, 50, tzinfo=UTC)
    assert adam.modified_at == datetime(2018, 9, 12, 22, tzinfo=UTC)
    first, second = reference.asked
    assert first.headers["api-token"] == KEY
    assert dict(first.url.params) == {"limit": "100", "status": "-1", "orders[id]": "ASC"}
    assert second.url.params["id_greater"] == "5"


async def test_the_example_of_a_contact_is_read_with_its_fields() -> None:
    lookup = Reference().platform().lookup
    assert lookup is not None

    (charles,) = await lookup.fetch(
        ["1"], Reading(fields={"1": FieldType.TEXT, "firstName": FieldType.TEXT})
    )

    assert (charles.remote_id, charles.emails) == ("1", ("selmer.koss@example.com",))
    assert charles.attributes == {"1": None, "firstName": "Charles"}


async def test_values_are_written_as_the_example_does() -> None:
    reference = Reference()
    writer = reference.platform().attribute_writer
    assert writer is not None
    john = Addressee(remote_id="113", email="johndoe@example.com")
    values: dict[str, Written] = {
        "1": "The Value for First Field",
        "6": datetime(2008, 1, 20, tzinfo=UTC),
    }

    (outcome,) = await writer.write_attributes([AttributeChange(to=john, values=values)])

    assert outcome.error is None
    assert json.loads(reference.asked[0].content) == {
        "contact": {
            "fieldValues": [
                {"field": "1", "value": "The Value for First Field"},
                {"field": "6", "value": "2008-01-20"},
            ]
        }
    }


async def test_a_contact_is_made_as_the_example_does() -> None:
    reference = Reference()
    creator = reference.platform().contact_creator
    assert creator is not None

    (made,) = await creator.create_contacts(
        [NewContact(email="johndoe@example.com", attributes={"2": "Albany", "firstName": "John"})]
    )

    assert isinstance(made, Contact)
    assert made.remote_id == "10"
    assert json.loads(reference.asked[0].content) == {
        "contact": {
            "email": "johndoe@example.com",
            "fieldValues": [{"field": "2", "value": "Albany"}],
        }
    }


async def test_the_example_of_lists_is_read() -> None:
    reference = Reference()
    members = reference.platform().memberships
    assert members is not None

    pages = [page async for page in members.memberships(frozenset({"Robert List"}), None)]

    told = [each for page in pages for each in page.items]
    assert [(each.list_name, each.remote_id) for each in told] == [("Robert List", "5")]
    asked = reference.asked[1].url.params
    assert (asked["listid"], asked["status"]) == ("2", "1")
