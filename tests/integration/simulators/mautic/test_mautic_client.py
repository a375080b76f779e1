"""The public client of Mautic understands the simulator, and the simulator understands it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from mautic import (  # type: ignore[import-untyped]
    ContactFields,
    Contacts,
    MauticBasicAuthClient,
    MauticOauth2Client,
    Notes,
    Segments,
    Stages,
    Stats,
)
from mautic.exceptions import MauticException  # type: ignore[import-untyped]

from adapters.mautic.simulator import PASSWORD, USERNAME, MauticSimulator
from adapters.simulation.server import Server
from tests.fakes import FakeClock
from tests.integration.simulators.mautic.conftest import AT

Client: TypeAlias = Any
"""What speaks for a user; it has no types."""


@pytest.fixture
def simulator() -> MauticSimulator:
    made = MauticSimulator(now=FakeClock(AT).now)
    made.account.add_field("score")
    return made


@pytest.fixture
def url(simulator: MauticSimulator) -> Iterator[str]:
    with Server(simulator.app) as server:
        yield server.url


@pytest.fixture
def client(url: str) -> Client:
    return MauticBasicAuthClient(base_url=url, username=USERNAME, password=PASSWORD)


def test_a_contact_is_made_read_changed_and_deleted(client: Client) -> None:
    contacts = Contacts(client)
    made = contacts.create({"email": "ann@example.com", "score": "12", "tags": "hot,new"})
    key = made["contact"]["id"]

    contacts.edit(key, {"score": "13", "tags": "-new"})
    read = contacts.get(key)["contact"]
    contacts.delete(key)

    assert read["fields"]["all"]["score"] == 13
    assert [each["tag"] for each in read["tags"]] == ["hot"]
    with pytest.raises(MauticException):
        contacts.get(key)


def test_contacts_are_listed_and_searched(client: Client, simulator: MauticSimulator) -> None:
    simulator.account.seed_contacts(7)
    contacts = Contacts(client)

    page = contacts.get_list(start=2, limit=3, order_by="id")
    found = contacts.get_list(search="email:person4", minimal=True)

    assert page["total"] == "7"
    assert [*page["contacts"]] == ["3", "4", "5"]
    assert [each["fields"]["all"]["email"] for each in found["contacts"].values()] == [
        "person4@example.com"
    ]


def test_points_are_added_and_taken_away(client: Client, simulator: MauticSimulator) -> None:
    ann = simulator.account.add_contact("ann@example.com")
    contacts = Contacts(client)

    contacts.add_points(ann.id, 7)
    contacts.subtract_points(ann.id, 2)

    assert ann.points == 5
    # Both look like points gained.
    deltas = [row["delta"] for row in simulator.account.tables.rows["lead_points_change_log"]]
    assert deltas == [7, 2]


def test_what_stands_beside_contacts_is_made_and_listed(
    client: Client, simulator: MauticSimulator
) -> None:
    ann = simulator.account.add_contact("ann@example.com")

    Segments(client).create({"name": "Hot leads"})
    Stages(client).create({"name": "Warm", "weight": 5})
    ContactFields(client).create({"label": "Band", "type": "select", "properties[list]": "a|b"})
    Notes(client).create({"lead": ann.id, "text": "Called", "type": "call"})

    segments, stages = Segments(client).get_list(), Stages(client).get_list()
    notes = Contacts(client).get_contact_notes(ann.id, limit=10)
    assert [each["alias"] for each in segments["lists"].values()] == ["hot-leads"]
    assert [each["weight"] for each in stages["stages"].values()] == [5]
    assert simulator.account.fields.by_alias["band"].options() == ["a", "b"]
    assert [each["text"] for each in notes["notes"]] == ["Called"]


def test_rows_of_statistics_are_read(client: Client, simulator: MauticSimulator) -> None:
    ann = simulator.account.add_contact("ann@example.com")
    simulator.account.engagement.visit(ann, "https://www.example.com/prices")

    found = Stats(client).get("page_hits", limit=10)

    assert found["total"] == "1"
    assert found["stats"][0]["url"] == "https://www.example.com/prices"


def test_a_client_with_a_token_is_let_in(
    url: str, simulator: MauticSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client refuses tokens over plain HTTP otherwise.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    token = simulator.account.keys.give(simulator.admin, is_refreshable=False)
    client = MauticOauth2Client(url, "1_simulated", token=token)

    found = Contacts(client).get_list()

    assert found == {"total": "0", "contacts": {}}


def test_a_wrong_password_is_told_in_mautics_words(url: str) -> None:
    client = MauticBasicAuthClient(base_url=url, username=USERNAME, password="wrong")

    with pytest.raises(MauticException) as caught:
        Contacts(client).get_list()

    assert "invalid credentials" in str(caught.value)
