"""/users: who there is, and who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.listing import BASE
from adapters.mautic.simulator.php import entries, whole
from adapters.mautic.simulator.refusals import Refusal, denied, not_found
from adapters.mautic.simulator.rendering import owner_told
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.users import User
    from adapters.simulation.messages import Reply


class UserCalls:
    """Users, as somebody may know of them."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/users", self.all)
        yield Route("GET", "/users/self", self.oneself)
        yield Route("POST", "/users/{user_id}/permissioncheck", self.rights)
        yield Route("GET", "/contacts/list/owners", self.owners)

    def all(self, call: Call) -> Reply:
        """Return every user."""
        if not call.user.may("user:users", "view"):
            raise denied()
        users = self._account.keys.users
        told = {str(key): _told(each) for key, each in users.items()}
        return json_reply({"total": len(told), "users": told}, size=len(told))

    def oneself(self, call: Call) -> Reply:
        """Return the user who asks, who may always know."""
        return json_reply(_told(call.user))

    def rights(self, call: Call, user_id: str) -> Reply:
        """Return which of some rights the caller has, whatever user the path names."""
        if whole(user_id) not in self._account.keys.users:
            raise not_found()
        given = call.sent.get("permissions")
        wanted = [given] if isinstance(given, str) else [str(each) for _, each in entries(given)]
        if not wanted:
            raise Refusal(400, "This is a bad request.")
        told = {}
        for each in wanted:
            base, _, level = each.rpartition(":")
            told[each] = call.user.holds(base, level)
        return json_reply(told, size=len(told))

    def owners(self, call: Call) -> Reply:
        """Return the users who may own contacts."""
        if not call.user.may(BASE, "edit"):
            raise denied()
        return json_reply([owner_told(self._account, each) for each in self._account.keys.users])


def _told(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": f"{user.username}@example.com",
        "role": {"id": 1, "isAdmin": user.rights is None},
        "timezone": "",
    }
