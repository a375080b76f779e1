"""Objects as Klaviyo shows them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.http import Json
    from tests.integration.presets.klaviyo.simulator.account import Group, Happening, Profile

_STANDARD = (
    *("email", "phone_number", "external_id", "first_name", "last_name", "organization"),
    *("locale", "title", "image", "last_event_date"),
)
_PLACE = ("address1", "address2", "city", "country", "region", "zip", "timezone", "ip")


def profile(each: Profile, base: str, *, with_consent: bool) -> Json:
    """Return a profile; its consent only where it is asked for."""
    attributes: dict[str, Json] = {name: each.attributes.get(name) for name in _STANDARD}
    attributes |= {
        "created": instant(each.created),
        "updated": instant(each.updated),
        "location": {name: each.attributes.get(name) for name in _PLACE},
        "properties": each.properties,
    }
    if with_consent:
        attributes["subscriptions"] = _subscriptions(each)
    links = {"self": f"{base}/api/profiles/{each.id}/"}
    return {"type": "profile", "id": each.id, "attributes": attributes, "links": links}


def event(each: Happening, base: str) -> Json:
    """Return an event, which names its profile and its metric."""
    return {
        "type": "event",
        "id": each.id,
        "attributes": {
            "timestamp": int(each.at.timestamp()),
            "event_properties": each.properties,
            "datetime": instant(each.at),
            "uuid": f"{each.id}-uuid",
        },
        "relationships": {
            "profile": _named("profile", each.profile_id, base),
            "metric": _named("metric", each.metric_id, base),
        },
        "links": {"self": f"{base}/api/events/{each.id}/"},
    }


def metric(key: str, name: str, base: str) -> Json:
    """Return a metric."""
    attributes = {
        "name": name,
        "created": "2022-11-08T00:00:00+00:00",
        "updated": "2022-11-08T00:00:00+00:00",
        "integration": {"object": "integration", "name": "Klaviyo", "category": "Internal"},
    }
    links = {"self": f"{base}/api/metrics/{key}/"}
    return {"type": "metric", "id": key, "attributes": attributes, "links": links}


def group(each: Group, base: str) -> Json:
    """Return a list."""
    attributes = {
        "name": each.name,
        "created": instant(each.created),
        "updated": instant(each.created),
        "opt_in_process": "double_opt_in",
    }
    links = {"self": f"{base}/api/lists/{each.id}/"}
    return {"type": "list", "id": each.id, "attributes": attributes, "links": links}


def instant(at: datetime) -> str:
    """Return an instant in whole seconds, as `2022-11-08T00:00:00+00:00`."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _named(kind: str, key: str, base: str) -> Json:
    path = f"{base}/api/{kind}s/{key}/"
    return {"data": {"type": kind, "id": key}, "links": {"self": path, "related": path}}


def _subscriptions(each: Profile) -> Json:
    marketing = {
        "can_receive_email_marketing": not each.suppressed,
        "consent": each.consent,
        "consent_timestamp": None,
        "last_updated": None,
        "method": None,
        "method_detail": "",
        "custom_method_detail": None,
        "double_optin": None,
        "suppression": [
            {"reason": reason, "timestamp": instant(each.updated)} for reason in each.suppressed
        ],
        "list_suppressions": [],
    }
    return {"email": {"marketing": marketing}, "sms": None, "mobile_push": None}
