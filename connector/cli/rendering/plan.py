"""What a push would write."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, out, plain, show, tell
from connector.cli.rendering.words import counted, span
from connector.domain.instants import iso
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.values import Written
    from connector.sync.asking.pace import Pace
    from connector.sync.pushing.plan import Plan, PlannedChange

_MEMBERSHIP = {True: "in", False: "out"}
_ALL_WITH = "--limit shows more, --json all"


def plan_json(plan: Plan, pace: Pace) -> dict[str, object]:
    """Return a plan as machines read it; `limits` are the calls left per limit.

    `binds` is the limit that makes them take so many seconds, where any does.
    """
    return {
        "pulled": plan.is_pulled,
        "decided": plan.is_decided,
        "contacts": plan.contacts,
        "calls": plan.calls,
        "limits": dict(pace.left),
        "seconds": pace.takes.total_seconds(),
        "binds": pace.binds,
        "counts": plan.counts,
        "changes": [
            asdict(change) | {"before": _plain(change.before), "after": _plain(change.after)}
            for change in plan.changes
        ],
        "problems": [problem_json(problem) for problem in plan.problems],
    }


def show_plan(plans: Sequence[tuple[Plan, Pace]], *, all_with: str = _ALL_WITH) -> None:
    """Print what each platform would be told, and within which limits.

    `all_with` says which options show what is left out here.
    """
    for place, (plan, pace) in enumerate(plans):
        if place:
            out.print()
        tell(f"{plan.platform}: {_cost(plan, pace)}", indent=0, style="bold")
        if plan.counts:
            _show_counts(plan)
        if plan.changes:
            _show_changes(plan, all_with)
        for problem in plan.problems:
            tell(str(problem), style="yellow")
    if not plans:
        out.print("Nothing is a target: there is nothing to write.")


def _cost(plan: Plan, pace: Pace) -> str:
    total = sum(plan.counts.values())
    if not total:
        return _nothing(plan)
    whom = counted(plan.contacts, "contact")
    calls = counted(plan.calls, "call")
    return f"{counted(total, 'change')} of {whom} in {calls} ({_time(pace)})"


def _nothing(plan: Plan) -> str:
    if not plan.is_pulled:
        return "nothing to write, as nothing was pulled from it yet (heatsync sync --dry-run)"
    if not plan.is_decided:
        return "nothing to write, as nothing was decided yet (heatsync score)"
    return "nothing to write"


def _time(pace: Pace) -> str:
    if not pace.left:
        return "no limit on calls: at once"
    if not pace.takes:
        return "at once within its limits"
    return f"{span(pace.takes)} within its limit {pace.binds}"


def _show_counts(plan: Plan) -> None:
    table = grid("lrl")
    for key, count in plan.counts.items():
        table.add_row("", f"{count:,}", plain(key))
    show(table)


def _show_changes(plan: Plan, all_with: str) -> None:
    out.print()
    table = grid("llll")
    before: int | None = None
    for change in plan.changes:
        who = "" if change.contact == before else plain(change.email or change.remote_id)
        table.add_row("", who, *_words(change))
        before = change.contact
    show(table)
    more = sum(plan.counts.values()) - len(plan.changes)
    if more > 0:
        tell(f"... and {more:,} more ({all_with})", style="dim")


def _words(change: PlannedChange) -> tuple[str, str]:
    """Return what changes, and its old and new value."""
    if change.kind == "contact":
        return "is created", ""
    if change.kind in {"list", "tag"}:
        before, after = _MEMBERSHIP[bool(change.before)], _MEMBERSHIP[bool(change.after)]
        what = f"{change.kind} {change.name}"
    else:
        nothing = "(no stage)" if change.kind == "stage" else "nothing"
        before, after = _text(change.before, nothing), _text(change.after, nothing)
        what = change.name
    return plain(what), f"[dim]{plain(before)}[/] {glyph('→', '->')} [bold]{plain(after)}[/]"


def _text(value: Written, nothing: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return nothing if value is None else str(_plain(value))


def _plain(value: Written) -> str | float | bool | None:
    if isinstance(value, Decimal):
        return float(value) if value.as_tuple().exponent else int(value)
    return iso(value) if isinstance(value, datetime) else value
