"""All versions are one table behind different prefixes, and answer the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.hubspot.config import Version
from adapters.hubspot.paths import PATHS
from adapters.hubspot.simulator.table import AREAS, PREFIXES
from tests.integration.simulators.hubspot.conftest import World

DATED = ("2026-03", "2026-09")


def _table(version: str) -> dict[tuple[str, str, str], object]:
    return {
        (each.method, area, each.path): each.handler
        for area, endpoints in AREAS.items()
        for each in endpoints
        if PREFIXES[version][area]
    }


@pytest.mark.parametrize("version", DATED)
def test_a_dated_version_has_the_table_of_v3_but_for_the_prefixes(version: str) -> None:
    assert _table(version) == _table("v3")


@pytest.mark.parametrize("version", ["v3", *DATED])
def test_no_two_areas_of_a_version_have_the_same_endpoint(version: str) -> None:
    paths = [
        (each.method, PREFIXES[version][area] + each.path)
        for area, endpoints in AREAS.items()
        for each in endpoints
    ]

    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("version", ["v3", *DATED])
def test_the_adapter_knows_the_same_prefixes(version: Version) -> None:
    ours, theirs = PATHS[version], {each for table in PREFIXES.values() for each in table.values()}

    asked = (
        ours.objects,
        ours.properties,
        ours.lists,
        ours.associations,
        ours.occurrences,
        ours.send_events,
        ours.marketing_events,
        ours.forms,
        ours.single_send,
    )
    assert set(asked) <= theirs


async def _session(world: World, version: str) -> list[tuple[int, Any]]:
    """Return the answers to a little of everything, in the paths of a version."""
    at = PREFIXES[version]
    contacts = f"{at['objects']}/contacts"
    ann = {"properties": {"email": "ann@example.com"}, "objectWriteTraceId": "1"}
    bad = {"properties": {"nothing": "1"}, "objectWriteTraceId": "2"}
    listed = {"name": "Hot", "objectTypeId": "0-1", "processingType": "MANUAL"}
    group = {"name": "heat", "label": "Heat"}
    field = {"name": "heat", "label": "Heat", "type": "number", "fieldType": "number"}
    answers = [
        await world.post(f"{contacts}/batch/create", {"inputs": [ann, bad]}),
        await world.get(contacts, limit=1),
        await world.get(f"{contacts}/951", propertiesWithHistory="email"),
        await world.post(f"{contacts}/search", {"limit": 1}),
        await world.post(f"{at['properties']}/contacts/groups", group),
        await world.post(f"{at['properties']}/contacts", {**field, "groupName": "heat"}),
        await world.post(at["lists"], listed),
        await world.http.put(f"{at['lists']}/1/memberships/add", json=["951", "7"]),
        await world.post(
            f"{at['associations']}/contacts/notes/batch/read", {"inputs": [{"id": "951"}]}
        ),
        await world.get(f"{at['associated objects']}/contacts/951/associations/notes"),
        await world.get(at["occurrences"], objectType="contact", objectId="951"),
        await world.get(at["marketing events"]),
        await world.get(at["forms"]),
        await world.get(f"{at['account']}/details"),
        await world.get(f"{at['webhooks']}/1160452/subscriptions"),
        await world.get(f"{contacts}/1"),
    ]
    return [(each.status_code, each.json()) for each in answers]


@pytest.mark.parametrize("version", DATED)
async def test_a_dated_version_answers_what_v3_answers(
    make_world: Callable[..., Awaitable[World]], version: str
) -> None:
    dated = await _session(await make_world(), version)

    old = await _session(await make_world(), "v3")

    for body in (dated, old):
        body[1][1].pop("paging", None)
    assert dated == old
    assert {status for status, _ in dated} >= {200, 201, 207, 403, 404}
