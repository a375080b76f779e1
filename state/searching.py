"""Look for words in a file, as a process of its own: `python -m state.searching FILE`.

Words come on standard input, one a line; the exit code is FOUND when any stands there, MISSING
when none does. A process that has a SQLite file open must not open and close it by any other way:
that ends all its locks on the file, and another process then takes the file for nobody's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Collection

FOUND, MISSING = 10, 11
"""No code that a process ends with which failed: a search that broke off has found nothing out."""
_PART = 2**24
"""Bytes that are looked through at once."""


def stands_in(path: Path, words: Collection[str]) -> bool:
    """Return whether one of these stands anywhere in a file, be it as a part of a longer word.

    SQLite puts one text right behind another, so that where a word begins cannot be told.
    """
    given = "\n".join(sorted(filter(None, words)))
    if not given:
        return False
    # Whatever lies in the folder that this is run in is none of our modules.
    command = [sys.executable, "-P", "-m", __name__, str(path)]
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        command,
        input=given.encode(errors="surrogatepass"),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        check=False,
    )
    if done.returncode not in {FOUND, MISSING}:
        raise StateError(f"{path} cannot be looked through")
    return done.returncode == FOUND


def _search(path: Path, words: Collection[bytes]) -> bool:
    overlap = max(map(len, words))
    last = b""
    with path.open("rb") as file:
        while read := file.read(_PART):
            part = last + read
            # Word by word, which is quicker than a pattern of all of them.
            if any(word in part for word in words):
                return True
            last = part[-overlap:]
    return False


if __name__ == "__main__":
    wanted = sys.stdin.buffer.read().split(b"\n")
    sys.exit(FOUND if _search(Path(sys.argv[1]), wanted) else MISSING)
