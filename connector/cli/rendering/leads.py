"""The hottest leads as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show
from connector.cli.rendering.words import column

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
    values = column([lead.rounded for lead in leads])
    for place, (lead, value) in enumerate(zip(leads, values, strict=True), start=1):
        stands, who = plain(lead.stage or "-"), plain(lead.email or lead.key)
        table.add_row(f"[dim]{place}[/]", f"[bold]{value}[/]", stands, who)
    show(table)
