"""The hottest leads as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from connector.cli.console import grid, out, plain, show
from connector.cli.rendering.screen import Bar, moved
from connector.cli.rendering.words import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from connector.domain.ledger import Lead
    from connector.sync.looking.ranking import Ranking

_BAR = 30


def show_leads(score: str, stage: str | None, leads: Sequence[Lead]) -> None:
    """Print leads by descending score."""
    if not leads:
        out.print(_nobody(score, stage))
        return
    table = grid("rrll", "", plain(score), "stage", "lead")
    values = column([lead.rounded for lead in leads])
    for place, (lead, value) in enumerate(zip(leads, values, strict=True), start=1):
        stands, who = plain(lead.stage or "-"), plain(lead.email or lead.key)
        table.add_row(f"[dim]{place}[/]", f"[bold]{value}[/]", stands, who)
    show(table)


def draw_leads(now: Ranking, before: Ranking | None, stage: str | None) -> Sequence[RenderableType]:
    """Return leads by descending score, with who rose or fell since `before` and by how much."""
    if not now.leads:
        return [Text.from_markup(_nobody(now.score, stage))]
    stood = {} if before is None else {lead.key: lead.rounded for lead in before.leads}
    places = {key: place for place, key in enumerate(stood, start=1)}
    table = grid("rlrlll", "", "", plain(now.score), "", "stage", "lead")
    values = column([lead.rounded for lead in now.leads])
    most = max(lead.rounded for lead in now.leads)
    for place, (lead, value) in enumerate(zip(now.leads, values, strict=True), start=1):
        number = moved(lead.rounded, stood.get(lead.key))
        share = lead.rounded / most if most > 0 else 0.0
        table.add_row(
            f"[dim]{place}[/]",
            _climbed(place, places.get(lead.key), is_first=before is None),
            number.append(f"{' ' if number else ''}{value}", style="bold"),
            Bar(share, _BAR),
            plain(lead.stage or "-"),
            plain(lead.email or lead.key),
        )
    return [table]


def _climbed(place: int, before: int | None, *, is_first: bool) -> Text:
    """Return by how many places somebody rose or fell; ``new`` for who was not among them."""
    if is_first:
        return Text()
    return Text("new", style="bold green") if before is None else moved(before, place)


def _nobody(score: str, stage: str | None) -> str:
    whom = f"Nobody stands in {stage}" if stage else f"Nobody has the score {score}"
    return f"{plain(whom)} yet: heatsync sync scores everybody, heatsync status says when."
