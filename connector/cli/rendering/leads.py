"""The hottest leads as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show
from connector.cli.rendering.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.ledger import Lead


def show_leads(score: str, stage: str | None, leads: Sequence[Lead]) -> None:
    """Print leads by descending score."""
    if not leads:
        whom = f"Nobody stands in {stage}" if stage else f"Nobody has the score {score}"
        out.print(f"{plain(whom)} yet: heatsync sync scores everybody, heatsync status says when.")
        return
    table = grid("rrll", "", plain(score), "stage", "lead")
    for place, lead in enumerate(leads, start=1):
        stands, who = plain(lead.stage or "-"), plain(lead.email or lead.key)
        value = number(lead.rounded, 9)
        table.add_row(f"[dim]{place}[/]", f"[bold]{value}[/]", stands, who)
    show(table)
