"""What every account says of an answer that cannot be used."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Answered:
    """An account whose answers are looked at before they are believed."""

    __slots__ = ()
    name: str
    """What the account is called here."""

    def unexpected(self, operation: str, what: str) -> UnexpectedAnswer:
        """Return the error of an answer that cannot be used."""
        text = f"{self.name}: {operation}: {what}"
        return UnexpectedAnswer(text, platform=self.name, operation=operation)

    @contextmanager
    def reading(self, operation: str, what: str) -> Iterator[None]:
        """Make what cannot be read within the block, such as ``an event``, an UnexpectedAnswer."""
        try:
            yield
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            # Python's own error may quote what it stumbled over: somebody's address, say.
            raise self.unexpected(operation, f"answered {what} that cannot be read") from None
