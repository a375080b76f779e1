"""The page "Add a platform", first part: a YAML file that grows, and each command on the way."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from adapters.simulation.server import Server
from tests.system.acme import ADDRESS, BY_FILE, MAPPING, example, run_simulator
from tests.system.pages import Block, commands
from tests.system.shell import heatsync


@pytest.fixture
def acme(bare: Path) -> Iterator[Server]:
    """Stand in an empty folder, with the Acme of the page on a port of this machine."""
    with Server(example(bare.parent).app) as server:
        yield server


def test_every_command_prints_what_the_page_shows(
    acme: Server, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: Any = None
    for block in BY_FILE:
        if block.title:
            _grow(bare / block.title, block.text.replace(ADDRESS, acme.url))
        elif block.language == "json":
            shown = json.loads(block.text)
            assert _timeless(answer) == _timeless(shown)
        else:
            answer = _typed(block, acme.url, monkeypatch)

    assert answer["tags"] == ["hot"]


def test_the_page_shows_an_answer_to_each_request() -> None:
    asked = [each.line for block in BY_FILE for each in commands(block) if "curl" in each.line]

    assert len(asked) == sum(1 for each in BY_FILE if each.language == "json") > 0
    assert {each.title for each in BY_FILE if each.language == "yaml"} == {MAPPING}


def test_the_simulator_listens_where_the_page_asks(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports: list[int] = []
    monkeypatch.setattr("uvicorn.run", lambda _, *, port, **__: ports.append(port))

    run_simulator(bare, "__main__")

    assert ports == [urlsplit(ADDRESS).port]


def _grow(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _typed(block: Block, url: str, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - JSON
    """Run the commands of a console; return what the last request was answered, if any."""
    answer: Any = None
    for command in commands(block):
        program, *words = shlex.split(command.line)
        if program == "export":
            name, _, value = words[0].partition("=")
            monkeypatch.setenv(name, value)
        elif program == "curl":
            answer = _asked(words, url)
        else:
            ran = heatsync(*words)
            assert (program, ran.code) == ("heatsync", 0), ran.err
            assert command.prints(ran.out), f"$ {command.line}\n{ran.out}"
    return answer


def _asked(words: list[str], url: str) -> Any:  # noqa: ANN401 - JSON
    """Ask as curl would; return the answer."""
    silent, of_header, header, address = words
    assert (silent, of_header) == ("-s", "-H")
    name, _, value = header.partition(": ")
    return httpx.get(address.replace(ADDRESS, url), headers={name: value}).json()


def _timeless(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """Return an answer without the instants that the clock of this machine gave it."""
    return {name: each for name, each in answer.items() if name not in {"as_of", "changed"}}
