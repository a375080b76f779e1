"""What a push would write."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from connector.cli.console import out
from connector.domain.instants import iso
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.values import Written
    from connector.sync.plan import Plan


def plan_json(plan: Plan) -> dict[str, object]:
    """Return a plan as machines read it."""
    return {
        "contacts": plan.contacts,
        "calls": plan.calls,
        "counts": plan.counts,
        "changes": [
            asdict(change) | {"before": _plain(change.before), "after": _plain(change.after)}
            for change in plan.changes
        ],
        "problems": [problem_json(problem) for problem in plan.problems],
    }


def show_plan(plans: Sequence[Plan]) -> None:
    """Print what each platform would be told."""
    for plan in plans:
        total = sum(plan.counts.values())
        out.print(
            f"\n[bold]{escape(plan.platform)}[/]: {total:,} changes of {plan.contacts:,} contacts "
            f"in {plan.calls:,} calls"
        )
        for key, count in sorted(plan.counts.items()):
            out.print(f"  {escape(key)}: {count:,}")
        if plan.changes:
            out.print(_table(plan))
        if total > len(plan.changes):
            out.print(f"  ... and {total - len(plan.changes):,} more (--limit, --json)")
        for problem in plan.problems:
            out.print(f"  {problem}", markup=False, soft_wrap=True)
    if not plans:
        out.print("Nothing is a target: there is nothing to write.")


def _table(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for change in plan.changes:
        table.add_row(
            "",
            escape(change.email or change.remote_id),
            escape(f"{change.kind} {change.name}"),
            f"{escape(str(_plain(change.before)))} → [bold]{escape(str(_plain(change.after)))}[/]",
        )
    return table


def _plain(value: Written) -> str | float | bool | None:
    if isinstance(value, Decimal):
        return float(value) if value.as_tuple().exponent else int(value)
    return iso(value) if isinstance(value, datetime) else value
