"""What the page on REST APIs shows is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.cli import console
from connector.cli.app import run
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings

PAGE = (Path(__file__).parents[4] / "docs" / "platforms" / "rest.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def read(entry: str) -> Configuration:
    text = entry if entry.startswith("version") else f"version: 1\n{entry}"
    source = Source(name="mappings/acme.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


@pytest.mark.parametrize("entry", BLOCKS)
def test_every_entry_is_right(entry: str) -> None:
    assert [each.adapter.name for each in read(entry).platforms] == ["rest"]


def test_a_saved_answer_is_shown_as_the_page_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where COLUMNS is set, as by those who run tests side by side, lines are wrapped.
    monkeypatch.setattr(console.out, "width", console.UNWRAPPED)
    (shown,) = re.findall(r"--from answer.json\n(.*?)```", PAGE, re.DOTALL)
    item = json.loads(shown.partition("item ")[2].splitlines()[0])
    (tmp_path / "answer.json").write_text(json.dumps({"data": [item]}), encoding="utf-8")
    (tmp_path / "acme.yaml").write_text(BLOCKS[0], encoding="utf-8")

    code = run(["rest", "try", f"{tmp_path}/acme.yaml", "--from", f"{tmp_path}/answer.json"])

    assert (code, capsys.readouterr().out.rstrip()) == (0, shown.rstrip())
