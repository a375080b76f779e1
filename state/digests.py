"""Keyed hashes of names: enough to know them again, and not to tell whose they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.domain.forgetting import Name


def digest_of(key: bytes, name: Name) -> str:
    """Return the hash of a name that nobody can guess at without the key."""
    return digests_of(key, [name])[0]


def digests_of(key: bytes, names: Iterable[Name]) -> list[str]:
    """Return the hashes of names, in order; a page of them costs little more than one."""
    keyed = hashlib.blake2b(key=key, digest_size=20)
    digests: list[str] = []
    for name in names:
        each = keyed.copy()
        each.update("\x00".join(name).encode(errors="surrogatepass"))
        digests.append(each.hexdigest())
    return digests
