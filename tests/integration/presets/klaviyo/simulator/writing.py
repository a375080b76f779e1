"""The calls that write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.simulation.messages import Reply
from adapters.simulation.routes import Route
from tests.integration.presets.klaviyo.simulator import showing
from tests.integration.presets.klaviyo.simulator.paging import origin
from tests.integration.presets.klaviyo.simulator.reading import asks_for_consent
from tests.integration.presets.klaviyo.simulator.refusals import KIND, Refused, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.http import Json
    from adapters.simulation.messages import Request
    from tests.integration.presets.klaviyo.simulator.account import Account, Group, Profile

MOST_MEMBERS = 1_000
LONGEST_PROFILE = 100 * 1024


class Writing:
    """Profiles one by one, members by the thousand, lists by their name."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Sequence[Route]:
        """Return what is answered where."""
        members = "/lists/{list_id}/relationships/profiles"
        return (
            Route("PATCH", "/profiles/{profile_id}", self.change),
            Route("POST", "/profile-import", self.upsert),
            Route("POST", "/lists", self.create_list),
            Route("POST", members, self.add),
            Route("DELETE", members, self.remove),
        )

    def change(self, request: Request, profile_id: str) -> Reply:
        """Change one profile: null clears, what is not named stays."""
        resource = _resource(request, "profile")
        profile = self._account.profiles.get(profile_id)
        if profile is None:
            raise Refused(f"A profile with id {profile_id} does not exist.", 404)
        if resource.get("id") != profile_id:
            raise Refused("The id of the body is not the id of the path.", pointer="/data/id")
        self._take(profile, resource)
        return _shown(request, profile)

    def upsert(self, request: Request) -> Reply:
        """Make a profile, or change the one that has the address."""
        resource = _resource(request, "profile")
        email = _attributes(resource).get("email")
        if not isinstance(email, str) or "@" not in email:
            raise Refused("Invalid email address", pointer="/data/attributes/email")
        profile = self._account.by_email(email)
        status = 200 if profile else 201
        profile = profile or self._account.add_profile(email)
        self._take(profile, resource)
        return _shown(request, profile, status)

    def create_list(self, request: Request) -> Reply:
        """Make a list; a second one may have the same name."""
        name = _attributes(_resource(request, "list")).get("name")
        if not isinstance(name, str) or not name:
            raise Refused("name is required.", pointer="/data/attributes/name")
        group = self._account.add_group(name)
        return reply({"data": showing.group(group, origin(request))}, 201)

    def add(self, request: Request, list_id: str) -> Reply:
        """Put profiles into a list; nobody's consent changes."""
        group, keys = self._group(list_id), _members(request)
        for key in keys:
            if key in self._account.profiles:
                group.members.setdefault(key, self._account.now())
        return Reply(status=204)

    def remove(self, request: Request, list_id: str) -> Reply:
        """Take profiles out of a list."""
        group, keys = self._group(list_id), _members(request)
        for key in keys:
            group.members.pop(key, None)
        return Reply(status=204)

    def feigned(self, request: Request) -> Reply:
        """Return the reply of a write that is done, though nothing is: profiles stay as shown."""
        parts = request.path.rstrip("/").split("/")
        if parts[-1] == "profiles":
            return Reply(status=204)
        if parts[-1] == "lists":
            return reply({"data": {"type": "list", "id": "L00000"}}, 201)
        attributes = _attributes(request.json["data"])
        profile = self._account.profiles.get(parts[-1])
        profile = profile or self._account.by_email(attributes.get("email", ""))
        return _shown(request, profile) if profile else reply({"data": None}, 201)

    def _take(self, profile: Profile, resource: Json) -> None:
        attributes = _attributes(resource)
        standing = {
            name: each
            for name, each in attributes.items()
            if name not in ("properties", "location", "email")
        }
        profile.attributes |= standing | (attributes.get("location") or {})
        self._account.write(profile, attributes.get("properties") or {})

    def _group(self, list_id: str) -> Group:
        found = self._account.groups.get(list_id)
        if found is None:
            raise Refused(f"A list with id {list_id} does not exist.", 404)
        return found


def _shown(request: Request, profile: Profile, status: int = 200) -> Reply:
    with_consent = asks_for_consent(request)
    content = showing.profile(profile, origin(request), with_consent=with_consent)
    return reply({"data": content}, status)


def _members(request: Request) -> list[str]:
    rows = _body(request).get("data")
    if not isinstance(rows, list):
        raise Refused("data is a list of profiles.")
    if len(rows) > MOST_MEMBERS:
        raise Refused(f"At most {MOST_MEMBERS} profiles may be named in a call.")
    if any(each.get("type") != "profile" or "id" not in each for each in rows):
        raise Refused("Each entry has the type profile, and an id.")
    return [each["id"] for each in rows]


def _resource(request: Request, kind: str) -> Json:
    resource = _body(request).get("data")
    if not isinstance(resource, dict) or resource.get("type") != kind:
        raise Refused(f"type is '{kind}'.", pointer="/data/type")
    return resource


def _attributes(resource: Json) -> Json:
    return resource.get("attributes") or {}


def _body(request: Request) -> Json:
    if request.headers.get("content-type", "").partition(";")[0] not in (KIND, "application/json"):
        raise Refused(f"Unsupported media type, send {KIND}.", 415)
    if len(request.body) > LONGEST_PROFILE and not request.path.endswith("profiles"):
        raise Refused("The payload is longer than 100 KB.", 413)
    try:
        body = request.json
    except ValueError:
        raise Refused("The body is no JSON.") from None
    if not isinstance(body, dict):
        raise Refused("The body is no object.")
    return body
