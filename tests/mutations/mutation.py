"""A change of the engine's source that means something else than the contract says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One wrong reading of the contract, as changes of one module."""

    name: str
    """What the mutated engine takes for true."""
    file: str
    """The module below connector/scoring."""
    changes: tuple[tuple[str, str], ...]
    """Snippets, each of which the file has once, and what stands there instead."""

    @property
    def path(self) -> Path:
        return ROOT / "connector" / "scoring" / self.file

    @property
    def module(self) -> str:
        return "connector.scoring." + self.file.removesuffix(".py").replace("/", ".")

    def missing(self) -> list[str]:
        """Return the snippets that the file does not have exactly once."""
        text = self.path.read_text(encoding="utf-8")
        return [snippet for snippet, _ in self.changes if text.count(snippet) != 1]

    def source(self) -> str:
        """Return the source of the module with all changes made."""
        text = self.path.read_text(encoding="utf-8")
        for snippet, instead in self.changes:
            text = text.replace(snippet, instead)
        return text
