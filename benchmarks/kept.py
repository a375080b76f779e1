"""What takes long to make is made once and kept under .cache/bench.

A name carries a digest of the code that makes the thing, so that a change there makes it anew.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import say

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "bench"


def kept(
    name: str, make: Callable[[Path], None], *, code: tuple[str, ...], version: str = ""
) -> Path:
    """Return the folder `name`, filled by `make` unless it is there already.

    `code` are files below this folder that decide what is in it, and so does `version`.
    """
    content = [version.encode(), *((HERE / file).read_bytes() for file in code)]
    digest = hashlib.blake2b(b"\0".join(content), digest_size=4)
    place = CACHE / f"{name}-{digest.hexdigest()}"
    if not place.exists():
        say(f"making {name}")
        for old in CACHE.glob(f"{name}-*"):
            shutil.rmtree(old)
        unfinished = CACHE / f"unfinished-{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        make(unfinished)
        unfinished.rename(place)
    return place
