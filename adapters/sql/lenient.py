"""Times of PostgreSQL that Python has none for: infinity, and years before 1 and after 9999.

The driver raises an error for each, so that one such row would end every walk that meets it. They
come as the texts that the server sends instead, which are no instants to whoever reads the row, and
which the server understands where a walk goes on behind one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = ("date", "timestamp", "timestamptz")
_TEXT = 0
"""The format in which servers send values unless asked for another."""


def read_any_time(driver: Any, connection: Any) -> None:  # noqa: ANN401 - psycopg is an extra
    """Have a connection of psycopg return times that are none in Python as texts."""
    adapters = connection.adapters
    for name in _TYPES:
        oid = adapters.types[name].oid
        strict = adapters.get_loader(oid, _TEXT)
        adapters.register_loader(oid, _lenient(strict, driver.DataError))


def _lenient(strict: Callable[[int, Any], Any], failure: type[Exception]) -> type:
    class Loader:
        """Reads a time as the driver does, else as the text that it is."""

        format = _TEXT

        def __init__(self, oid: int, context: object = None) -> None:
            self._strict = strict(oid, context)

        def load(self, data: bytes) -> object:
            try:
                return self._strict.load(data)
            except failure:
                return bytes(data).decode()

    return Loader
