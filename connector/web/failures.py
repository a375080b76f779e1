"""What is written down of an error that nobody foresaw: where it was, never what it says."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRAMES = 12


def told(error: BaseException) -> Mapping[str, object]:
    """Return the class of an error and the calls that led to it.

    Its text may repeat what was sent, so it is left out.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{PurePath(each.filename).name}:{each.lineno} {each.name}" for each in frames]
    return {"error": type(error).__name__, "where": where}
