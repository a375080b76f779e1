"""Objects that stand beside the items of an answer, put into the items that name them; pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from adapters.mapped.expressions import Inapplicable, found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.rest.language.streams import RelatedConfig


def with_related(
    configs: Mapping[str, RelatedConfig], body: Json, items: Sequence[Json]
) -> Sequence[Json]:
    """Return items with the objects that they name, null or an empty list where there is none.

    Raises Inapplicable for an expression that means nothing there.
    """
    for name, config in configs.items():
        objects = _by_id(config, body)
        items = [
            {**each, name: _told(config, objects.get(_key(found(config.by, each)), []))}
            if isinstance(each, dict)
            else each
            for each in items
        ]
    return items


def _by_id(config: RelatedConfig, body: Json) -> Mapping[str | None, list[Json]]:
    beside = found(config.items, body)
    if beside is not None and not isinstance(beside, list):
        msg = f"there is no list where `{config.items}` should be"
        raise Inapplicable(msg)
    objects: dict[str | None, list[Json]] = defaultdict(list)
    for each in beside or ():
        objects[_key(found(config.id, each))].append(each)
    # What has no id is named by nobody, also not by items that name nothing.
    objects.pop(None, None)
    return objects


def _told(config: RelatedConfig, objects: list[Json]) -> Json:
    return objects if config.many else objects[0] if objects else None


def _key(value: Json) -> str | None:
    """Return an id as a text, None for what is none."""
    return str(value) if isinstance(value, (str, int)) else None
