"""A case for a person to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tests.reference.history import Happening

if TYPE_CHECKING:
    from tests.reference.drawn_histories import Case


def written(part: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return `part` of a document as YAML would hold it."""
    if isinstance(part, Mapping):
        return {name: written(each) for name, each in part.items()}
    if isinstance(part, (list, tuple)):
        return [written(each) for each in part]
    return str(part) if hasattr(part, "of") else part


def told(case: Case) -> str:
    """Return the document of `case`, then a paragraph for each contact."""
    return "\n".join(_lines(case))


def _lines(case: Case) -> Iterator[str]:
    for section, part in written(case.document).items():
        yield from _document(section, part)
    yield f"at {case.at:%Y-%m-%d %H:%M:%S.%f}Z, events are kept for {case.keep or 'ever'}"
    for number, person in enumerate(case.people):
        yield (
            f"contact {number}: {_known(person.attributes)}, created {person.created_at}, "
            f"in {sorted(person.lists)}, held {_known(person.held)}, "
            f"overrides {_known(person.overrides)}"
        )
        yield from (_event(each) for each in sorted(person.events, key=lambda each: each.order))


def _document(section: str, part: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a document
    if section != "model":
        yield f"{section}: {_flow(part)}"
        return
    yield "model:"
    for name, entries in part.items():
        if name in ("rules", "traits", "scores"):
            yield f"  {name}:"
            yield from (f"    {key}: {_flow(entry)}" for key, entry in entries.items())
        else:
            yield f"  {name}: {_flow(entries)}"


def _event(event: Happening) -> str:
    return f"    {event.at:%Y-%m-%d %H:%M:%S.%f}Z {event.id} {_known(event.columns)}"


def _known(values: Any) -> dict[str, Any]:  # noqa: ANN401 - any mapping
    return {name: each for name, each in values.items() if each is not None}


def _flow(part: Any) -> str:  # noqa: ANN401 - any part of a document
    return json.dumps(part, ensure_ascii=False)
