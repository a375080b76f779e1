"""A draft as somebody hands it over: the mapping files in force, some of them others; pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from connector.config.folder import MAX_BYTES, MAX_FILES
from connector.config.hints import shown
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.config.configuration import Configuration

_NAME = re.compile(r"[^./\\][^/\\]{0,199}\.yaml")


def files_in_force(configuration: Configuration) -> Mapping[str, str]:
    """Return the text of each mapping file in force, by its name within the folder."""
    return {
        PurePosixPath(each.name).name: each.raw.decode("utf-8-sig") for each in configuration.files
    }


def drafted(present: Mapping[str, str], changed: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return the files of a draft: those of now, and in their place those of the same name.

    Another name is a file more, and None takes a file away. Names are only told apart: no file is
    looked for by them. Raises ConfigError when there are too many, too large or misnamed ones, or
    none.
    """
    problems = list(_misnamed(present, changed))
    if problems:
        raise ConfigError(problems)
    texts = {**present, **changed}
    draft = {name: texts[name] for name in sorted(texts)}
    whole = {name: text for name, text in draft.items() if text is not None}
    size = sum(len(text.encode(errors="replace")) for text in whole.values())
    if size > MAX_BYTES:
        raise ConfigError([Problem(message=f"the draft is larger than {MAX_BYTES} bytes")])
    if not whole or len(whole) > MAX_FILES:
        raise ConfigError([Problem(message=f"a draft has 1 to {MAX_FILES} files")])
    return whole


def _misnamed(present: Mapping[str, str], changed: Mapping[str, str | None]) -> Iterator[Problem]:
    for name, text in changed.items():
        if name in present:
            continue
        if not _NAME.fullmatch(name) or not name.isprintable():
            message = f"{shown(name)} is no name of a mapping file"
            hint = "a name as `rules.yaml`, without a folder"
            yield Problem(path="files", message=message, hint=hint)
        elif text is None:
            message = f"there is no {shown(name)} to be taken away"
            yield Problem(path="files", message=message)
