"""What a simulated account of Klaviyo holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.http import Json

Consent = Literal["SUBSCRIBED", "NEVER_SUBSCRIBED", "UNSUBSCRIBED"]


@dataclass(slots=True, kw_only=True)
class Profile:
    """A person."""

    id: str
    created: datetime
    updated: datetime
    attributes: dict[str, Json] = field(default_factory=dict)
    """What stands beside `properties`, such as `email`."""
    properties: dict[str, Json] = field(default_factory=dict)
    consent: Consent = "NEVER_SUBSCRIBED"
    suppressed: list[str] = field(default_factory=list)
    """Why nothing is sent to them."""

    @property
    def email(self) -> str:
        """Return the address, as it was given."""
        return str(self.attributes.get("email") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event."""

    id: str
    profile_id: str
    metric_id: str
    at: datetime
    properties: Mapping[str, Json]


@dataclass(slots=True, kw_only=True)
class Group:
    """A list."""

    id: str
    name: str
    created: datetime
    members: dict[str, datetime] = field(default_factory=dict)
    """When each of them joined, in that order."""


@dataclass(slots=True)
class Account:
    """One account."""

    now: Callable[[], datetime]
    profiles: dict[str, Profile] = field(default_factory=dict)
    events: list[Happening] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=dict)
    """The names of metrics by their id."""
    groups: dict[str, Group] = field(default_factory=dict)
    is_closed: bool = False
    """Whether its key is refused."""
    _last: int = 0

    def add_profile(self, email: str, **properties: Json) -> Profile:
        """Make a profile."""
        now = self.now()
        profile = Profile(
            id=f"01GDDKASAP8TKDDA2GRZDS{self._next():04d}",
            created=now,
            updated=now,
            attributes={"email": email},
            properties=properties,
        )
        self.profiles[profile.id] = profile
        return profile

    def write(self, profile: Profile, properties: Mapping[str, Json]) -> None:
        """Give properties these values; null clears one."""
        told = {**profile.properties, **properties}
        profile.properties = {name: each for name, each in told.items() if each is not None}
        profile.updated = self.now()

    def unsubscribe(self, profile: Profile) -> None:
        """Take that somebody wants no more marketing."""
        profile.consent = "UNSUBSCRIBED"
        profile.suppressed = ["UNSUBSCRIBE"]
        profile.updated = self.now()

    def remove(self, profile_id: str) -> None:
        """Delete a profile; nothing tells of it afterwards."""
        del self.profiles[profile_id]
        for each in self.groups.values():
            each.members.pop(profile_id, None)

    def record(self, profile: Profile, metric: str, at: datetime, **properties: Json) -> Happening:
        """Take down an event."""
        happening = Happening(
            id=f"4vRpBTr{self._next():04d}",
            profile_id=profile.id,
            metric_id=self.metric(metric),
            at=at,
            properties=properties,
        )
        self.events.append(happening)
        return happening

    def metric(self, name: str) -> str:
        """Return the id of the metric of a name, made where there is none."""
        known = next((key for key, each in self.metrics.items() if each == name), None)
        if known is None:
            known = f"M{self._next():05d}"
            self.metrics[known] = name
        return known

    def group(self, name: str) -> Group:
        """Return the list of a name, made where there is none."""
        found = next((each for each in self.groups.values() if each.name == name), None)
        return found or self.add_group(name)

    def add_group(self, name: str) -> Group:
        """Make a list, also where there is one of that name."""
        made = Group(id=f"L{self._next():05d}", name=name, created=self.now())
        self.groups[made.id] = made
        return made

    def by_email(self, email: str) -> Profile | None:
        """Return who has an address, however it is written."""
        wanted = email.strip().lower()
        profiles = self.profiles.values()
        return next((each for each in profiles if each.email.strip().lower() == wanted), None)

    def _next(self) -> int:
        self._last += 1
        return self._last
