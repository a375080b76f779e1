"""The command line as its users meet it: words in, two streams and an exit code out."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

import typer.main

from connector.cli.main import main

# A process puts its commands together once; this one would again for each of a thousand.
_PUT_TOGETHER = cache(typer.main.get_command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command printed
        """Return the one JSON document on standard output; nothing else may be there."""
        assert self.err == ""
        return json.loads(self.out)


def heatsync(*words: str) -> Ran:
    """Run a command in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    code: object = None
    once = patch.object(typer.main, "get_command", _PUT_TOGETHER)
    with once, redirect_stdout(out), redirect_stderr(err):
        try:
            main(words)
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    return Ran(code=code, out=_text(out), err=_text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
