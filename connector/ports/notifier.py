"""How the operators of an installation are told something."""

from __future__ import annotations

from typing import Protocol


class Notifier(Protocol):
    """Tells whoever looks after this installation."""

    async def notify(self, title: str, body: str) -> None:
        """Return once everybody was told, in plain text.

        Raises PlatformError when somebody was not: the same is then told again later.
        """
        ...
