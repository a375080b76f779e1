"""All leads that fit as a table, for a spreadsheet or another tool."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.spreadsheets import guarded
from connector.sync.looking.lead_list import lead_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from connector.sync.looking.lead_list import LeadLine, LeadLines, Wanted
    from connector.sync.workspace import Workspace

_AT_ONCE = 2_000
"""Leads that are read in one go; no transaction is held between two."""


async def lead_table(workspace: Workspace, wanted: Wanted) -> AsyncIterator[str]:
    """Return all leads that fit as lines of CSV, safe to open in a spreadsheet, a page at a time.

    Whoever is scored while it is read may be there as before or as after. Raises as `lead_page`.
    """
    first = await lead_page(workspace, wanted, limit=_AT_ONCE)
    return _table(workspace, wanted, first)


async def _table(workspace: Workspace, wanted: Wanted, page: LeadLines) -> AsyncIterator[str]:
    model = workspace.configuration.model
    scores = {name: bool(each.stages) for name, each in model.scores.items()}
    head = ["id", "email", "name", "company", "arrived_at"]
    for name, has_stages in scores.items():
        head += [name, f"{name}_stage"] if has_stages else [name]
    yield _text([[*head, *model.grades]])
    while True:
        yield _text([_cells(each, scores, list(model.grades)) for each in page.lines])
        if page.cursor is None:
            return
        page = await lead_page(workspace, wanted, cursor=page.cursor, limit=_AT_ONCE)


def _cells(
    line: LeadLine, scores: Mapping[str, bool], grades: Sequence[str]
) -> Sequence[str | float | None]:
    cells: list[str | float | None] = [line.key, line.email, line.name, line.company]
    cells.append(iso(line.arrived_at) if line.arrived_at else None)
    for name, has_stages in scores.items():
        told = line.scores.get(name, {})
        cells.append(told.get("rounded"))
        if has_stages:
            cells.append(told.get("stage"))
    return [*cells, *(line.grades.get(name) for name in grades)]


def _text(rows: Sequence[Sequence[str | float | None]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(
        [guarded(each) if isinstance(each, str) else each for each in row] for row in rows
    )
    # Half a surrogate pair, which strangers send, cannot be written.
    return written.getvalue().encode(errors="replace").decode()
