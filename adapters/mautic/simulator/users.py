"""Who may come in, and what they may do there."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from adapters.simulation.messages import Request

ACCESS_LASTS = timedelta(minutes=60)
REFRESH_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account on the instance."""

    id: int
    username: str
    password: str
    first_name: str = "Ada"
    last_name: str = "Admin"
    rights: frozenset[str] | None = None
    """Such as `lead:leads:viewown`; None: an administrator."""
    is_published: bool = True
    """Whether the user may come in, and be made the owner of anything."""

    @property
    def full_name(self) -> str:
        """Return how the user signs what is changed."""
        return f"{self.first_name} {self.last_name}"

    def holds(self, base: str, level: str) -> bool:
        """Return whether the user has exactly this right, or all of them."""
        return self._has(base, level)

    def may(self, base: str, action: str) -> bool:
        """Return whether something can be done to what is one's own at least."""
        return self._has(base, action, f"{action}own", f"{action}other")

    def may_with(self, base: str, action: str, owner: int | None) -> bool:
        """Return whether something can be done to what `owner` owns."""
        if self._has(base, f"{action}other", action):
            return True
        return owner == self.id and self._has(base, f"{action}own")

    def _has(self, base: str, *levels: str) -> bool:
        if self.rights is None:
            return True
        return any(f"{base}:{level}" in self.rights for level in (*levels, "full"))


@dataclass(slots=True, kw_only=True)
class Client:
    """An OAuth2 client; what it gets by itself counts as done by the user who made it."""

    client_id: str
    client_secret: str
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a client was given."""

    user: User
    expires_at: datetime


@dataclass(slots=True)
class Keys:
    """Users, clients, and the tokens that were given out."""

    now: Callable[[], datetime]
    users: dict[int, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    codes: dict[str, User] = field(default_factory=dict)
    """What a person was sent back with, once each."""
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshing: dict[str, Token] = field(default_factory=dict)
    """Tokens that are exchanged for others, once each."""
    given: int = 0
    """How many tokens were given out."""
    _ids: count[int] = field(default_factory=lambda: count(1))

    def add_user(
        self,
        username: str,
        password: str,
        rights: Iterable[str] | None = None,
        *,
        is_published: bool = True,
        **names: str,
    ) -> User:
        """Make a user; without `rights` an administrator."""
        user = User(
            id=next(self._ids),
            username=username,
            password=password,
            rights=None if rights is None else frozenset(rights),
            is_published=is_published,
            **names,
        )
        self.users[user.id] = user
        return user

    def owners(self) -> Mapping[int, User]:
        """Return whom a form takes for an owner; of two with one name it knows the later."""
        named = {each.full_name: key for key, each in self.users.items() if each.is_published}
        return {key: self.users[key] for key in named.values()}

    def add_client(self, client_id: str, client_secret: str, user: User) -> Client:
        """Make an OAuth2 client."""
        client = Client(client_id=client_id, client_secret=client_secret, user=user)
        self.clients[client_id] = client
        return client

    def by_password(self, request: Request) -> User | None:
        """Return whose name and password a request carries."""
        text = request.headers.get("authorization", "")[len("basic ") :]
        try:
            name, _, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        fitting = (
            each
            for each in self.users.values()
            if each.is_published and each.username == name and each.password == password
        )
        return next(fitting, None)

    def give(self, user: User, *, is_refreshable: bool) -> dict[str, object]:
        """Return a new token as the answer that hands it over."""
        self.given += 1
        now = self.now()
        access = f"access-{self.given:06}"
        self.tokens[access] = Token(user=user, expires_at=now + ACCESS_LASTS)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": ACCESS_LASTS // timedelta(seconds=1),
            "token_type": "bearer",
            "scope": None,
        }
        if is_refreshable:
            refresh = f"refresh-{self.given:06}"
            self.refreshing[refresh] = Token(user=user, expires_at=now + REFRESH_LASTS)
            answer["refresh_token"] = refresh
        return answer

    def revoke_all(self) -> None:
        """Forget every token, as when an administrator resets a client."""
        self.tokens.clear()
        self.refreshing.clear()
