"""What the tool was told that is kept in step: the last word counts, and each has one id."""

from __future__ import annotations

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
    yield from _ids_amiss(company, _HOOK)
    amiss = [*_ids_amiss(company, _TOOL)]
    # What was decided anew meanwhile has another id, but that is the smaller part of what repeats.
    if len(amiss) > max(company.tool.records.repeats, 2):
        yield from amiss


def _ids_amiss(company: Company, path: str) -> Iterator[str]:
    """Yield messages that share an id, and what was told again as it was under another one."""
    by_id: dict[str, Any] = {}
    told: dict[tuple[str, str], _Told] = {}
    for call in company.doors.to(path):
        name, content = call.headers["webhook-id"], call.json["data"]
        # Who is somebody else by the time it is tried again is told of by their present address.
        what = {key: each for key, each in content.items() if key != "contact"}
        if by_id.setdefault(name, what) != what:
            yield f"{path}: {name} tells {what}, and before {by_id[name]}"
        about = content["contact"]["id"], ",".join(sorted(content))
        last = told.get(about)
        if last is not None and last.content == content and last.id != name:
            yield f"{path}: {content} was told as {last.id}, and again as {name}"
        told[about] = _Told(name, content)
