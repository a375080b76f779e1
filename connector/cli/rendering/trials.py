"""What a stream of a REST API yields, as it is shown: what was understood, above what came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.cli.console import grid, plain, show, tell
from connector.cli.rendering.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from adapters.rest.trying import Tried

_NOTHING = "tells nothing"


def show_trials(found: Sequence[Tried], stream: str) -> None:
    """Show items one below the other, then how many did not fit."""
    for number, each in enumerate(found, start=1):
        show(_table(number, each))
        tell("", indent=0)
    amiss = sum(1 for each in found if each.misfits)
    silent = sum(1 for each in found if not each.told)
    told = f"{stream}: {counted(len(found), 'item')}"
    if silent:
        told += f", {silent:,} of which tell nothing"
    if amiss:
        told += f", {amiss:,} with something that did not fit"
    tell(told, indent=0)


def _table(number: int, tried: Tried) -> Table:
    table = grid("rll")
    mark = f"{number:,}"
    for told in tried.told or ({"": _NOTHING},):
        for name, value in _lines(told):
            table.add_row(mark, f"[bold]{plain(name)}[/]", plain(value))
            mark = ""
    for each in tried.misfits:
        table.add_row("", "[yellow]did not fit[/]", plain(each))
    item = json.dumps(tried.item, ensure_ascii=False)
    table.add_row("", "[dim]item[/]", f"[dim]{plain(item)}[/]")
    return table


def _lines(told: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield what is told by name; fields of a record have a line each."""
    for name, value in told.items():
        if isinstance(value, dict):
            for field, each in value.items():
                yield f"{name}.{field}", _text(each)
        elif isinstance(value, list):
            yield name, ", ".join(map(_text, value))
        else:
            yield name, _text(value)


def _text(value: object) -> str:
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value)
