"""What the language has and this version cannot do yet: refused by name, never scored as nothing.

Whoever builds one of these removes it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.config.places import Report
    from connector.mapping.document import Document

UNDELIVERED = frozenset({"notify", "webhook"})
"""Kinds of deed that are recorded when a trigger fires, and wait for whoever delivers them."""


def warn_of_unbuilt(document: Document, report: Report) -> None:
    """Tell what is read and checked, but not done yet by this version."""
    for name, trigger in document.triggers.items():
        for index, deed in enumerate(trigger.do):
            for kind in UNDELIVERED.intersection(type(deed).model_fields):
                message = f"`{kind}` is recorded when `{name}` fires, and not delivered by this "
                report.warn(("triggers", name, "do", index, kind), f"{message}version yet")
