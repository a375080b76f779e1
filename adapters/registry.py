"""Every adapter there is: those shipped here, and those that other packages offer.

To import one adapter is to import only that one: built-in ones are imported when asked for by
name. Somebody else's adapter that cannot be imported is told about and costs itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from connector.errors import ConfigError, Problem
from connector.ports.adapter import Adapter
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.metadata import EntryPoint

GROUP = "heatsync.adapters"
"""The entry-point group; each entry point is an Adapter of the same name."""

_BUILT_IN: Mapping[str, str] = {
    "brevo": "adapters.brevo.adapter",
    "files": "adapters.files.adapter",
    "hubspot": "adapters.hubspot.adapter",
    "mautic": "adapters.mautic.adapter",
    "memory": "adapters.memory.adapter",
    "rest": "adapters.rest.adapter",
    "sql": "adapters.sql.adapter",
    "webhook": "adapters.webhook.adapter",
}


class Adapters(Mapping[str, Adapter]):
    """Adapters by name; iterating imports those of other packages, but no built-in one."""

    def __init__(self, built_in: Mapping[str, str], offered: Iterable[EntryPoint]) -> None:
        self._built_in = built_in
        self._offered: dict[str, list[EntryPoint]] = {}
        for point in offered:
            self._offered.setdefault(point.name, []).append(point)

    def __getitem__(self, name: str) -> Adapter:
        if name in self._built_in:
            return _import(self._built_in[name])
        points = self._offered[name]
        if problem := _clash(points):
            raise ConfigError([problem])
        return _load(points[0])

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from (name for name in sorted(self._offered) if self._problem(name) is None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self._offered

    def names(self) -> Sequence[str]:
        """Return every name on offer; imports nothing."""
        return tuple(sorted({*self._built_in, *self._offered}))

    def problems(self) -> Sequence[Problem]:
        """Return why adapters of other packages cannot be used."""
        found = (self._problem(name) for name in sorted(self._offered))
        return [problem for problem in found if problem]

    def _problem(self, name: str) -> Problem | None:
        if name in self._built_in:
            text = (
                f"{_source(self._offered[name][0])} offers an adapter `{name}`, which is built in"
            )
            return Problem(message=text)
        try:
            _ = self[name]
        except ConfigError as error:
            return error.problems[0]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRow:
    """What one adapter can do, as `heatsync adapters` and the documentation show it."""

    name: str
    title: str
    status: str
    reads: tuple[str, ...]
    """Parts of the contract that bring something in."""
    writes: tuple[str, ...]
    """Parts of the contract that change something."""
    manages: tuple[str, ...]
    """Parts of the contract that set the platform up."""
    events: str
    """The canonical types it can send: a number, or ``any``."""
    actions: tuple[str, ...]
    types: tuple[str, ...]
    """The types of field it writes."""
    attribute_batch: int
    list_batch: int
    action_batch: int


_READS = (
    *(Part.CONTACTS, Part.EVENTS, Part.LOOKUP, Part.MEMBERSHIPS, Part.REMOVALS, Part.IDS),
    Part.WEBHOOK_PARSER,
)
_MANAGES = (Part.FIELDS, Part.LISTS, Part.WEBHOOKS, Part.ERASER)


def names() -> Sequence[str]:
    """Return the names of all adapters; imports none of them."""
    return all_adapters().names()


def find(name: str) -> Adapter:
    """Return the adapter `name`; raises ConfigError when there is none, or it is broken."""
    try:
        return all_adapters()[name]
    except KeyError:
        near = get_close_matches(name, all_adapters(), n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(names())}"
        raise ConfigError([Problem(message=f"no adapter `{name}`", hint=hint)]) from None


@cache
def all_adapters() -> Adapters:
    """Return all adapters by name."""
    return Adapters(_BUILT_IN, entry_points(group=GROUP))


def capability_table() -> Sequence[CapabilityRow]:
    """Return a row for each adapter, by name."""
    return [capability_row(adapter) for _, adapter in sorted(all_adapters().items())]


def capability_row(adapter: Adapter) -> CapabilityRow:
    """Return what `adapter` declares, in words."""
    able = adapter.capabilities
    parts = [part for part in Part if part in able.parts]
    return CapabilityRow(
        name=adapter.name,
        title=adapter.title,
        status=adapter.status,
        reads=tuple(part.value for part in parts if part in _READS),
        writes=tuple(part.value for part in parts if part not in {*_READS, *_MANAGES}),
        manages=tuple(part.value for part in parts if part in _MANAGES),
        events="any" if able.event_types is None else str(len(able.event_types)),
        actions=tuple(sorted(able.action_kinds)),
        types=tuple(sorted(kind.value for kind in able.writable_types)),
        attribute_batch=able.attribute_batch,
        list_batch=able.list_batch,
        action_batch=able.action_batch,
    )


def _import(module: str) -> Adapter:
    adapter: Adapter = import_module(module).ADAPTER
    return adapter


def _load(point: EntryPoint) -> Adapter:
    try:
        loaded: object = point.load()
    except Exception as error:  # somebody else's module may raise anything
        raise ConfigError([_broken(point, f"it cannot be imported: {error!r}")]) from error
    if not isinstance(loaded, Adapter):
        raise ConfigError([_broken(point, "it is no `connector.ports.adapter.Adapter`")])
    if loaded.name != point.name:
        raise ConfigError([_broken(point, f"it calls itself `{loaded.name}`")])
    return loaded


def _clash(points: Sequence[EntryPoint]) -> Problem | None:
    if len(points) == 1:
        return None
    both = " and ".join(map(_source, points))
    return Problem(message=f"{both} both offer an adapter `{points[0].name}`")


def _broken(point: EntryPoint, reason: str) -> Problem:
    text = f"the adapter `{point.name}` of {_source(point)} cannot be used: {reason}"
    return Problem(message=text, hint="update that package or uninstall it")


def _source(point: EntryPoint) -> str:
    return f"the package {point.dist.name}" if point.dist else f"`{point.value}`"
