"""The physical lines of a text file, some of which a reader may ask to have again."""

from __future__ import annotations

import codecs
from collections import deque
from typing import TYPE_CHECKING, BinaryIO, Self

from adapters.files.errors import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of the longest line that is read."""
LONGEST_RECORD = 1_000
"""Lines of the longest record that is looked for, while quotes mostly close ..."""
SHORT_RECORD = 10
"""... and when they mostly do not: else a file of stray quotes takes quadratic time."""
PATIENCE = 100_000
"""Lines read in vain after which quotes mostly do not close."""

_NOT_UTF8 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


class Lines:
    """An iterator over lines with their ends; a line that cannot be read is a fault, no error."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._ahead: deque[tuple[str, str | None]] = deque()
        self._taken: list[tuple[str, str | None]] = []
        self._wasted = 0
        self._longest = LONGEST_RECORD
        self.number = 0
        """How many lines were handed out, so the number of the last one."""
        self.fault: str | None = None
        """What is wrong with a line of the present record."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= self._longest:
            raise StopIteration
        line = self._ahead.popleft() if self._ahead else self._read()
        self._taken.append(line)
        self.number += 1
        text, fault = line
        self.fault = self.fault or fault
        return text

    @property
    def taken(self) -> Sequence[str]:
        """Return the lines of the present record."""
        return [text for text, _ in self._taken] if len(self._taken) > 1 else ()

    def begin(self) -> int:
        """Start a record; return the number of its first line."""
        self._taken = []
        self.fault = None
        self._longest = LONGEST_RECORD if self._wasted < PATIENCE else SHORT_RECORD
        return self.number + 1

    def give_back(self, *, keep: int) -> None:
        """Hand the lines of the present record out again, but for the first `keep`."""
        again = self._taken[keep:]
        del self._taken[keep:]
        self._wasted += len(again)
        self._ahead.extendleft(reversed(again))
        self.number -= len(again)

    def _read(self) -> tuple[str, str | None]:
        raw = self._handle.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        if self.number == 0:
            raw = _without_mark(raw)
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            self._skip_line()
            return "\n", f"is longer than {LONGEST_LINE // 1024**2} MiB"
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return raw.decode(errors="replace"), "is not valid UTF-8"
        return text, "holds a NUL byte" if "\0" in text else None

    def _skip_line(self) -> None:
        while (rest := self._handle.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass


def _without_mark(raw: bytes) -> bytes:
    if _starts(raw, _NOT_UTF8):
        raise BadFile("is UTF-16 or UTF-32; save it as UTF-8")
    return raw.removeprefix(codecs.BOM_UTF8)


def _starts(raw: bytes, marks: Iterable[bytes]) -> bool:
    return raw.startswith(tuple(marks))
