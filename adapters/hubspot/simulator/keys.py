"""What callers prove themselves with, and what they may do with it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN_LIVES = 1800
"""Seconds."""
_MILLISECONDS = 1000


class Keys:
    """The tokens of an account, and the secrets of its app."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.tokens: set[str] = set()
        """Of private apps and of people."""
        self.client_id = "11111111-2222-4333-8444-555555555555"
        self.client_secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"  # noqa: S105 - of nobody
        self.developer_key = "99999999-2222-4333-8444-555555555555"
        """For the settings of webhooks."""
        self._now_ms = now_ms
        self._ends: dict[str, int] = {}
        """Until when the tokens of the app itself are taken."""
        self._numbers = count(1)

    def knows(self, token: str) -> bool:
        """Return whether a caller with this token may come in."""
        return token in self.tokens or self._ends.get(token, 0) > self._now_ms()

    def is_of_developer(self, key: str) -> bool:
        """Return whether it is the developer who asks."""
        return key == self.developer_key

    def is_of_app(self, token: str) -> bool:
        """Return whether a token, perhaps an old one, is that of the app itself.

        It reads the journal and nothing else.
        """
        return token in self._ends

    def give_app_token(self) -> str:
        """Return a new token of the app itself."""
        token = f"app-{next(self._numbers)}"
        self._ends[token] = self._now_ms() + TOKEN_LIVES * _MILLISECONDS
        return token

    def give_token(self) -> str:
        """Return a new token of a person."""
        token = f"oauth-{next(self._numbers)}"
        self.tokens.add(token)
        return token
