"""Secrets in what vendors say: found however they are written, and taken out; pure."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from html.entities import codepoint2name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MASK = "***"
_SHORTEST_PACKED = 6
"""Bytes of a secret that base64 is looked through for: of fewer too little stays the same."""
_ESCAPED = r"\\{1,7}"
"""Up to a JSON text within two others. Without an end, a secret of backslashes took for ever."""


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without secrets, as they are and as addresses, JSON, HTML and base64 write."""
    # Of two secrets the longer one may hold the other.
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = _pattern(secret).sub(_MASK, text)
    return text


@lru_cache(maxsize=64)
def _pattern(secret: str) -> re.Pattern[str]:
    spelled = "".join(f"(?:{'|'.join(_spellings(each))})" for each in secret)
    return re.compile(
        "|".join([spelled, *map(re.escape, _packed(secret.encode(errors="surrogatepass")))])
    )


def _spellings(character: str) -> Iterator[str]:
    """Yield patterns of how one character may be written, as it is at last."""
    # Of an address, and of one within another.
    yield "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode(errors="surrogatepass"))
    if character == " ":
        yield r"\+"
    if not character.isalnum():
        yield _ESCAPED + re.escape(character)
    units = character.encode("utf-16-be", errors="surrogatepass").hex()
    yield "".join(rf"{_ESCAPED}u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    point = ord(character)
    yield rf"&#(?:0*{point}|[xX]0*(?i:{point:x}));"
    named = {**codepoint2name, ord("'"): "apos"}.get(point)
    if named is not None:
        yield f"&{named};"
    yield re.escape(character)


def _packed(raw: bytes) -> Iterator[str]:
    """Yield what base64 makes of a secret within a longer text, wherever in it the secret stands.

    A key in front of a colon, as Basic auth has it, is found by this too.
    """
    if len(raw) < _SHORTEST_PACKED:
        return
    for before in range(3):
        packed = b64encode(bytes(before) + raw)
        # Letters that also hold bits of what stands beside the secret.
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        told = packed[first:last].decode()
        yield told
        if (other := told.translate(str.maketrans("+/", "-_"))) != told:
            yield other
