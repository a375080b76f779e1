"""Where things are, against the table of HubSpot's guide to its versions."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from adapters.hubspot.config import Version
from adapters.hubspot.paths import PATHS

BY_THE_GUIDE = {
    "objects": ("/crm/v3/objects", "/crm/objects/{}"),
    "properties": ("/crm/v3/properties", "/crm/properties/{}"),
    "lists": ("/crm/v3/lists", "/crm/lists/{}"),
    "associations": ("/crm/v4/associations", "/crm/associations/{}"),
    "occurrences": ("/events/v3/events", "/events/event-occurrences/{}"),
    "token": ("/oauth/v1/token", "/oauth/{}/token"),
}
SEND_EVENTS = {
    "v3": "/events/v3/send",
    "2026-03": "/events/2026-03/send",
    "2026-09": "/events/custom/2026-09/send",
}


@pytest.mark.parametrize("name", BY_THE_GUIDE)
@pytest.mark.parametrize("version", PATHS)
def test_each_version_has_the_path_that_the_guide_says(version: Version, name: str) -> None:
    old, dated = BY_THE_GUIDE[name]

    assert asdict(PATHS[version])[name] == (old if version == "v3" else dated.format(version))


def test_events_are_sent_elsewhere_in_every_version() -> None:
    assert {version: each.send_events for version, each in PATHS.items()} == SEND_EVENTS
