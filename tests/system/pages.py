"""A page of the documentation, taken apart: its files, and its commands with what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(
    r'^(?P<indent> *)```(\w+)(?: title="(.+?)")?\n(.*?)^(?P=indent)```$', re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Something that the page shows between fences."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line to type, and what is printed then, `...` for what is left out."""

    line: str
    shown: str

    def prints(self, text: str) -> bool:
        """Return whether `text` is what the page shows, line for line."""
        lines = [
            r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n"
            for line in self.shown.splitlines()
        ]
        return re.fullmatch("".join(lines), text.rstrip() + "\n") is not None

    def tells(self, text: str) -> bool:
        """Return whether `text` is what the page shows, which may break lines elsewhere."""
        words = [".*" if word == "..." else re.escape(word) for word in self.shown.split()]
        return re.fullmatch(" ".join(words), " ".join(text.split())) is not None


def blocks(text: str) -> tuple[Block, ...]:
    """Return what a page, or a part of it, shows between fences, in order."""
    return tuple(
        # A block below an item of a list stands as far in as the item.
        Block(
            language=each[2],
            title=each[3] or "",
            text=re.sub(f"^{each['indent']}", "", each[4], flags=re.MULTILINE),
        )
        for each in _BLOCK.finditer(text)
    )


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, shown = part.partition("\n")
        yield Command(line=line, shown=shown.rstrip("\n") and shown)
