"""The calls that read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from adapters.simulation.routes import Route
from tests.integration.presets.klaviyo.simulator import showing
from tests.integration.presets.klaviyo.simulator.filters import filtered
from tests.integration.presets.klaviyo.simulator.paging import origin, page
from tests.integration.presets.klaviyo.simulator.refusals import Refused, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.http import Json
    from adapters.simulation.messages import Reply, Request
    from tests.integration.presets.klaviyo.simulator.account import (
        Account,
        Group,
        Happening,
        Profile,
    )

_AFTER_OR_BEFORE = {"greater-than", "less-than"}
_NAMED = {"any", "equals"}
_FILTERS: Mapping[str, Mapping[str, set[str]]] = {
    "profiles": {
        **dict.fromkeys(("id", "email", "phone_number", "external_id"), _NAMED),
        **dict.fromkeys(("created", "updated"), _AFTER_OR_BEFORE),
    },
    "events": {
        "metric_id": {"equals"},
        "profile_id": {"equals"},
        "datetime": {*_AFTER_OR_BEFORE, "greater-or-equal", "less-or-equal"},
    },
    "lists": {**dict.fromkeys(("id", "name"), _NAMED), "created": {"greater-than"}},
}
_SORTS: Mapping[str, set[str]] = {
    "profiles": {"id", "created", "updated", "email"},
    "events": {"datetime", "timestamp"},
    "lists": {"id", "name", "created", "updated"},
}


class Reading:
    """Profiles, events with their metrics, lists, and who is in a list."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Sequence[Route]:
        """Return what is answered where."""
        return (
            Route("GET", "/profiles", self.profiles),
            Route("GET", "/profiles/{profile_id}", self.profile),
            Route("GET", "/events", self.events),
            Route("GET", "/metrics", self.metrics),
            Route("GET", "/lists", self.lists),
            Route("GET", "/lists/{list_id}/relationships/profiles", self.members),
        )

    def profiles(self, request: Request) -> Reply:
        """List profiles, at most a hundred at a time."""
        show = partial(
            showing.profile, base=origin(request), with_consent=asks_for_consent(request)
        )
        rows = _kept(request, "profiles", [*self._account.profiles.values()], _of_profile)
        found, links = page(request, _in_order(request, rows, _of_profile), size=20, most=100)
        return reply({"data": [show(each) for each in found], "links": links}, size=len(found))

    def profile(self, request: Request, profile_id: str) -> Reply:
        """Show one profile."""
        found = self._account.profiles.get(profile_id)
        if found is None:
            raise Refused(f"A profile with id {profile_id} does not exist.", 404)
        with_consent = asks_for_consent(request)
        content = showing.profile(found, origin(request), with_consent=with_consent)
        return reply({"data": content})

    def events(self, request: Request) -> Reply:
        """List events; `include=metric` has their metrics beside them."""
        base = origin(request)
        rows = _kept(request, "events", [*self._account.events], _of_event)
        found, links = page(request, _in_order(request, rows, _of_event), size=200, most=1000)
        content: dict[str, Json] = {
            "data": [showing.event(each, base) for each in found],
            "links": links,
        }
        if "metric" in request.param("include").split(","):
            keys = dict.fromkeys(each.metric_id for each in found)
            names = self._account.metrics
            content["included"] = [showing.metric(key, names[key], base) for key in keys]
        return reply(content, size=len(found))

    def metrics(self, request: Request) -> Reply:
        """List metrics."""
        base = origin(request)
        rows = [(key, showing.metric(key, n, base)) for key, n in self._account.metrics.items()]
        found, links = page(request, sorted(rows), size=200, most=200)
        return reply({"data": found, "links": links}, size=len(found))

    def lists(self, request: Request) -> Reply:
        """List lists, ten at a time."""
        base = origin(request)
        rows = _kept(request, "lists", [*self._account.groups.values()], _of_group)
        found, links = page(request, _in_order(request, rows, _of_group), size=10, most=10)
        content = {"data": [showing.group(each, base) for each in found], "links": links}
        return reply(content, size=len(found))

    def members(self, request: Request, list_id: str) -> Reply:
        """List the ids of who is in a list."""
        group = self._account.groups.get(list_id)
        if group is None:
            raise Refused(f"A list with id {list_id} does not exist.", 404)
        rows = [(f"{at.isoformat()} {key}", key) for key, at in group.members.items()]
        found, links = page(request, sorted(rows), size=20, most=100)
        content = {"data": [{"type": "profile", "id": key} for key in found], "links": links}
        return reply(content, size=len(found))


def asks_for_consent(request: Request) -> bool:
    """Return whether profiles are to be shown with what they consented to."""
    return "subscriptions" in request.param("additional-fields[profile]").split(",")


def _kept(
    request: Request, kind: str, rows: list[Json], show: Callable[[Json, str], Json]
) -> list[Json]:
    sort = request.param("sort").removeprefix("-")
    if sort and sort not in _SORTS[kind]:
        raise Refused(f"'{sort}' is not a sortable field")
    return filtered(request.param("filter"), _FILTERS[kind], rows, show)


def _in_order(
    request: Request, rows: list[Json], show: Callable[[Json, str], Json]
) -> list[tuple[str, Json]]:
    """Return rows with their keys, in ascending order."""
    name = request.param("sort") or "id"
    if name.startswith("-"):
        raise Refused("descending order is not played here", 500)
    return sorted(
        ((f"{show(each, name)} {each.id}", each) for each in rows), key=lambda one: one[0]
    )


def _of_profile(each: Profile, name: str) -> Json:
    if name in ("created", "updated"):
        return getattr(each, name).replace(microsecond=0)
    return each.id if name == "id" else each.attributes.get(name)


def _of_event(each: Happening, name: str) -> Json:
    return each.at if name in ("datetime", "timestamp") else getattr(each, name)


def _of_group(each: Group, name: str) -> Json:
    return getattr(each, "created" if name == "updated" else name)
