"""Which handler a request is for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapters.simulation.messages import Reply

    Handler: TypeAlias = "Callable[..., Reply]"
    """Takes the request, and by keyword what stands at the `{names}` of its path."""


class Route(NamedTuple):
    """A method and a path such as `/contacts/{identifier}`, and what answers there."""

    method: str
    path: str
    handler: Handler


class Match(NamedTuple):
    """The route of a request, and what its path names, decoded."""

    route: Route
    names: Mapping[str, str]


class Routes:
    """A table of routes. Of several that fit, the first one counts."""

    def __init__(self, routes: Iterable[Route], prefix: str = "") -> None:
        """Put all routes below `prefix`."""
        self.table = tuple(route._replace(path=prefix + route.path) for route in routes)
        self._by_shape: dict[tuple[str, int], list[tuple[list[str], Route]]] = defaultdict(list)
        for route in self.table:
            parts = route.path.split("/")
            self._by_shape[route.method, len(parts)].append((parts, route))

    def find(self, method: str, path: str) -> Match | None:
        """Return the first route that fits; `path` is percent-encoded."""
        parts = [unquote(each) for each in path.split("/")]
        for wanted, route in self._by_shape.get((method, len(parts)), ()):
            names = _fit(wanted, parts)
            if names is not None:
                return Match(route, names)
        return None

    def methods(self, path: str) -> frozenset[str]:
        """Return the methods that a path takes."""
        every = {route.method for route in self.table}
        return frozenset(method for method in every if self.find(method, path))


def _fit(wanted: list[str], parts: list[str]) -> dict[str, str] | None:
    names = {}
    for expected, part in zip(wanted, parts, strict=True):
        if expected.startswith("{"):
            names[expected[1:-1]] = part
        elif expected != part:
            return None
    return names
