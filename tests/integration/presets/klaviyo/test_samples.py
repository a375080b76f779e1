"""The preset reads answers as Klaviyo's reference shows them."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.http import Json
from adapters.rest.config import RestConfig
from adapters.rest.trying import StreamName, saved
from tests.builders import T

SAMPLES = Path(__file__).with_name("samples")


def _told(name: StreamName, file: str) -> Json:
    config = RestConfig.model_validate({"adapter": "rest", "preset": "klaviyo"})
    body = json.loads((SAMPLES / file).read_text(encoding="utf-8"))
    (tried,) = saved(body, config, name, T, platform="shop")
    assert tried.misfits == []
    (told,) = tried.told
    return told


def test_a_profile_is_a_contact() -> None:
    told = _told("contacts", "profiles.json")

    attributes = told.pop("attributes")
    assert told == {
        "id": "01GDDKASAP8TKDDA2GRZDSVP4H",
        "emails": ["sarah.mason@klaviyo-demo.com"],
        "created_at": "2022-11-08T00:00:00Z",
        "modified_at": "2022-11-08T00:00:00Z",
        "opted_out": False,
    }
    assert {name: each for name, each in attributes.items() if each is not None} == {
        "phone_number": "+15005550006",
        "first_name": "Sarah",
        "last_name": "Mason",
        "organization": "Example Corporation",
        "title": "Regional Manager",
        "locale": "en-US",
        "city": "New York",
        "region": "NY",
        "zip": "10017",
        "country": "United States",
        "timezone": "America/New_York",
        "last_event_date": "2022-11-08T00:00:00+00:00",
        "pseudonym": "Dr. Octopus",
    }


def test_an_event_is_an_event_of_the_metric_beside_it() -> None:
    assert _told("events", "events.json") == {
        "id": "4vRpBT",
        "type": "email.clicked",
        "contact": "01GDDKASAP8TKDDA2GRZDSVP4H",
        "occurred_at": "2022-11-08T01:23:45Z",
        "fields": {
            "is_machine": True,
            "campaign_name": "Spring sale",
            "title": "Hello",
            "url": "https://shop.example/new",
        },
    }
