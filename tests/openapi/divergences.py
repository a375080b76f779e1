"""Where Brevo is known to differ from its OpenAPI file of February 2026, and why we believe so.

- Errors are held against `{code, message}` alone. The file leaves out the statuses that any request
  may get (401, 404, 405, 425, 429, 5xx) at most operations, and its list of codes lacks some that
  are seen.
- `getId` (August 2026) makes a write answer 200 with the id of who is left of a merge.
- A 204 has no body, though the file gives it one; other answers have none where the file describes
  none.
- `in_process` is a status of processes, and the kinds of tasks are a list: the official client of
  2026 (brevo-python 5) expects both.
- Of several forms of a body that are told apart by their only field, that field is needed; without
  this every form would fit every body, and the file says that exactly one must.
- Of several kinds of list, an empty one is of every kind.
- Whoever left no list may have a null for `listUnsubscribed`: nobody knows, so it may be played.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.http import Json


_UNDESCRIBED = re.compile(r"(PUT /v3/contacts/[^/]+|POST /v3/contacts) 200")
"""Answers that are known, and not in the file."""


def is_undescribed(method: str, path: str, status: int) -> bool:
    """Return whether an answer is right, though the file does not tell it."""
    return _UNDESCRIBED.fullmatch(f"{method} {path} {status}") is not None


def corrected(shape: dict[str, Any]) -> dict[str, Any]:
    """Return the file with what is wrong in itself put right."""
    for operations in shape["paths"].values():
        for operation in operations.values():
            for status, answer in operation.get("responses", {}).items():
                if status == "204" or not answer.get("content"):
                    answer.pop("content", None)
    kinds = shape["paths"]["/crm/tasktypes"]["get"]["responses"]["200"]["content"]
    kinds["application/json"]["schema"] = {
        "type": "array",
        "items": kinds["application/json"]["schema"],
    }
    _correct(shape)
    return shape


def _correct(found: Json) -> None:
    if isinstance(found, list):
        for each in found:
            _correct(each)
    if isinstance(found, dict):
        if "processing" in found.get("enum", ()):
            found["enum"].append("in_process")
        if all(form.get("type") == "array" for form in found.get("oneOf", ({},))):
            found["anyOf"] = found.pop("oneOf")
        for form in found.get("oneOf", ()):
            if len(form.get("properties", ())) == 1:
                form.setdefault("required", list(form["properties"]))
        found.get("properties", {}).get("listUnsubscribed", {})["nullable"] = True
        for each in found.values():
            _correct(each)
