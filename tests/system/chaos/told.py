"""What the tool was told that is kept in step: the last word counts, and each has one id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.system.chaos.company import Company
from tests.system.chaos.people import HOT, Someone

_TOOL, _HOOK = "/tool", "/hook"


class _Told(NamedTuple):
    id: str
    content: Any


def told_otherwise(company: Company, people: Sequence[Someone]) -> Iterator[str]:
    """Yield what the tool believes that is not so, and ids that do not tell messages apart."""
    for person in people:
        known = [
            each for each in company.tool.records.contacts.values() if each.email == person.email
        ]
        wanted = ({"score": person.score, "stage": person.stage}, person.stage == HOT)
        if wanted not in [(each.attributes, "Hot" in each.lists) for each in known]:
            yield f"{person.email}: the tool was told {known} and not {wanted}"
    for path in (_TOOL, _HOOK):
        yield from _ids_amiss(company, path)


def _ids_amiss(company: Company, path: str) -> Iterator[str]:
    """Yield messages that share an id, and what was told again under another one.

    What nobody saw arrive is told under another id once something else is to be told as well.
    """
    by_id: dict[str, Any] = {}
    told: defaultdict[str, dict[str, _Told]] = defaultdict(dict)
    for call in company.doors.to(path):
        name, content = call.headers["webhook-id"], call.json["data"]
        if by_id.setdefault(name, content) != content:
            yield f"{path}: {name} tells {content}, and before {by_id[name]}"
        parts = ",".join(sorted(content))
        known = told[content["contact"]["id"]]
        last = known.get(parts)
        if last is None or last.content != content:
            known.clear()
        elif last.id != name:
            yield f"{path}: {content} was told as {last.id}, and again as {name}"
        known[parts] = _Told(name, content)
