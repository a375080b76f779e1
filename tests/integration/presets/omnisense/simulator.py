"""The two calls of Omnisense's Basic API, in this process.

The fields, and that `metadata` holds texts alone, are of
https://developers.omnisense.io/docs/sdk/api.html and https://developers.omnisense.io/api/ (version
1.0, read in November 2026). What it answers is documented nowhere: statuses and bodies are guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.http import Json
from adapters.simulation.front import Front
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.windows import Standing
from tests.integration.presets.accounts import KEY

PREFIX = "/api/v1"
_USER = frozenset(
    {
        *("email", "fb_id", "first_name", "last_name", "birthday", "phone", "address", "city"),
        *("postal_code", "country", "lang", "sex"),
    }
)


@dataclass
class Profile:
    """Somebody, by their address."""

    user: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


class OmnisenseSimulator:
    """One instance; `profiles` and `events` are what it was told."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self.profiles: dict[str, Profile] = {}
        self.events: list[Mapping[str, Json]] = []
        self.key = KEY
        self.app = Front(_Vendor(self), now=now)
        self.faults = self.app.faults
        self.trace = self.app.trace

    def subscriber(self, told: Mapping[str, Json]) -> Reply:
        """Take in what is told of somebody."""
        user, metadata = told.get("user"), told.get("metadata", {})
        if not isinstance(user, dict) or not isinstance(user.get("email"), str):
            return _refused("user is missing")
        if unknown := sorted(user.keys() - _USER):
            return _refused(f"unknown: {', '.join(unknown)}")
        if not all(isinstance(each, str) for each in metadata.values()):
            return _refused("metadata takes strings")
        profile = self.profiles.setdefault(user["email"], Profile())
        profile.user.update(user)
        profile.metadata.update(metadata)
        return json_reply({"status": "ok"})

    def user_event(self, told: Mapping[str, Json]) -> Reply:
        """Take in that something happened."""
        event = told.get("user_event")
        if not isinstance(told.get("email"), str) or not isinstance(event, dict):
            return _refused("email or user_event is missing")
        if not all(isinstance(each, str) for each in event.get("segments", {}).values()):
            return _refused("segments takes strings")
        self.events.append({"email": told["email"], **event})
        return json_reply({"status": "ok"})


class _Vendor:
    """Answers the requests."""

    def __init__(self, instance: OmnisenseSimulator) -> None:
        self._instance = instance
        self._calls: Mapping[str, Callable[[Mapping[str, Json]], Reply]] = {
            f"{PREFIX}/subscriber": instance.subscriber,
            f"{PREFIX}/user_event": instance.user_event,
        }

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key, which repeats what was sent."""
        told = _body(request)
        if told is not None and told.get("api_key") == self._instance.key:
            return None
        return json_reply({"error": f"unknown api_key in {request.body.decode()}"}, 401)

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return nothing: no limit is documented."""
        return ()

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        call = self._calls.get(request.path) if request.method == "POST" else None
        return call(_body(request) or {}) if call else json_reply({"error": "not found"}, 404)

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        return json_reply({"status": "ok"})

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how it says that it cannot."""
        return json_reply({"error": "try again later"}, status)

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return nothing."""
        return {}


def _body(request: Request) -> Mapping[str, Json] | None:
    try:
        told = request.json
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _refused(why: str) -> Reply:
    return json_reply({"error": why}, 422)
