"""One check at a time, over a model of a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.config.lint.subject import Check, Seen, Subject
from connector.config.places import dotted
from tests.builders import a_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = """\
version: 1
platforms: {crm: {adapter: memory}}
"""


def found(
    check: Check,
    text: str,
    *,
    seen: Seen | None = None,
    capabilities: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return what `check` remarks on a mapping that begins with HEAD, each with its place."""
    configuration = a_configuration(HEAD + text, capabilities)
    subject = Subject(configuration=configuration, seen=seen)
    return [f"{dotted(each.path)}: {each.message}" for each in check(subject)]
