"""How the operators of an installation are told something."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class Severity(Enum):
    """How bad it is what operators are told."""

    OVER = "success"
    """It is well again."""
    WARNING = "warning"
    FAILURE = "failure"
    """Something is not done until somebody or something mends it."""


class Notifier(Protocol):
    """Tells whoever looks after this installation."""

    async def notify(self, title: str, body: str, severity: Severity) -> None:
        """Return once everybody was told, in plain text.

        Raises PlatformError when somebody was not: the same is then told again later.
        """
        ...
