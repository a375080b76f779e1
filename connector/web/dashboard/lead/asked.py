"""Whom somebody wants to see, and which of their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.web.dashboard import paths
from connector.web.dashboard.frame import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.scoring.model import Model

LONGEST = 500
"""Characters of what may name somebody; nobody's name is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address of the page asks for."""

    contact: str
    """An e-mail address, our id, or ``<platform>:<id>``; empty where nobody is named."""
    score: str | None
    """The score that is looked at closely; None where the model has none."""

    @classmethod
    def read(cls, query: Mapping[str, str], model: Model) -> Asked:
        """Return what is asked for; a score that there is not stands for the first one."""
        wished = query.get("score")
        score = wished if wished in model.scores else next(iter(model.scores), None)
        return cls(contact=query.get("contact", "").strip()[:LONGEST], score=score)

    def address(self, score: str) -> str:
        """Return where the same lead is seen by another score."""
        return at(paths.LEAD, contact=self.contact, score=score)
