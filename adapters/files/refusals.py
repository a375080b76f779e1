"""What cannot be written to a file, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.cells import LONGEST_TEXT, refuse_unstorable
from connector.domain.changes import Outcome
from connector.domain.values import Misfit
from connector.errors import RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.domain.changes import Addressee

DONE = Outcome()
UNCHANGED = Outcome(is_unchanged=True)


def refused(reason: str, *, platform: str, operation: str) -> Outcome:
    """Return the outcome of a change that will never pass as it is."""
    return Outcome(error=RejectedByPlatform(reason, platform=platform, operation=operation))


def misfit_of(to: Addressee, texts: Iterable[str] = ()) -> str | None:
    """Return why a row for `to` with `texts` in it could not be read again, if it could not."""
    for text in (to.remote_id, to.email or "", *texts):
        # A guarded cell is one character longer, and what is written has to be readable.
        if len(text) >= LONGEST_TEXT:
            return f"a text of {LONGEST_TEXT:,} characters or more cannot be written"
        try:
            refuse_unstorable(text)
        except Misfit as error:
            return f"a text {error}"
    return None if to.remote_id else "the contact has no id"
