"""The hottest leads as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from connector.cli.console import out
from connector.cli.rendering.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ports.store import Lead


def show_leads(score: str, leads: Sequence[Lead]) -> None:
    """Print leads by descending score."""
    if not leads:
        out.print(f"Nobody has the score {score} yet: run heatsync sync.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("#", justify="right", style="dim")
    table.add_column(score, justify="right", style="bold")
    table.add_column("stage")
    table.add_column("lead", overflow="fold")
    for place, lead in enumerate(leads, start=1):
        table.add_row(
            str(place),
            number(lead.rounded, 9),
            escape(lead.stage or "-"),
            escape(lead.email or lead.key),
        )
    out.print(table)
