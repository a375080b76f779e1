"""Who is in a list, kept short in a cursor, and who came and went between two readings."""

from __future__ import annotations

import zlib
from array import array
from base64 import b64decode, b64encode
from heapq import merge
from itertools import accumulate, chain, groupby, pairwise, repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from connector.domain.contacts import Membership

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST = itemgetter(0)


def packed_of(ids: Sequence[int]) -> str:
    """Return ids in rising order as short text: an id is a byte or two."""
    steps = array("Q", (later - earlier for earlier, later in pairwise(chain((0,), ids))))
    return b64encode(zlib.compress(steps.tobytes())).decode()


def unpacked(text: str) -> array[int]:
    """Return the ids that `packed_of` packed."""
    steps = array("Q", zlib.decompress(b64decode(text)) if text else b"")
    return array("Q", accumulate(steps))


def moves(name: str, before: array[int], after: array[int]) -> Iterator[Membership]:
    """Yield who came and who left; both are in rising order, and may be large."""
    for remote_id, sides in groupby(merge(zip(before, repeat(0)), zip(after, repeat(1))), _FIRST):
        # Whoever is on both sides stayed.
        match [is_after for _, is_after in sides]:
            case [is_after]:
                yield Membership(list_name=name, remote_id=str(remote_id), is_member=bool(is_after))
