"""What a process that simulates is asked, as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.settings import Settings
from connector.domain.instants import iso
from connector.sync.simulating.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Everything that a simulation takes; nothing of it is looked up in files or variables."""

    settings: Settings
    folder: Path
    """Where relative paths in the files begin."""
    present: Mapping[str, str]
    """The text of each mapping file in force, by its name."""
    draft: Mapping[str, str]
    question: Question

    def to_line(self) -> bytes:
        """Return the order as it is sent; it holds secrets."""
        question = self.question
        told = {
            "settings": _revealed(dict(self.settings)),
            "folder": str(self.folder),
            "present": self.present,
            "draft": self.draft,
            "at": iso(question.at),
            "weeks": question.weeks,
            "step": question.step.total_seconds(),
            "top": question.top,
        }
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Order:
        """Return the order that was sent."""
        told = json.loads(line)
        return cls(
            settings=Settings(**told["settings"]),
            folder=Path(told["folder"]),
            present=told["present"],
            draft=told["draft"],
            question=Question(
                at=datetime.fromisoformat(told["at"]),
                weeks=told["weeks"],
                step=timedelta(seconds=told["step"]),
                top=told["top"],
            ),
        )

    def present_folder(self) -> Folder:
        """Return the mapping files in force."""
        return self._folder(self.present)

    def draft_folder(self) -> Folder:
        """Return the mapping files of the draft."""
        return self._folder(self.draft)

    def _folder(self, files: Mapping[str, str]) -> Folder:
        sources = (
            Source(name=name, raw=text.encode(errors="replace")) for name, text in files.items()
        )
        return Folder(path=self.folder, sources=tuple(sources))


def _revealed(value: Any) -> Any:  # noqa: ANN401 - any setting
    """Return a setting as JSON has it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {name: _revealed(each) for name, each in value.items()}
        case timedelta():
            return value.total_seconds()
        case Path():
            return str(value)
    return value
