"""What is on its way or was given up, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.cli.console import grid, out, plain, show, tell
from connector.cli.rendering.words import moment
from connector.domain.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STATES = {"in_flight": "in flight"}


def show_deliveries(found: Mapping[str, Any]) -> None:
    """Print how many there are per receiver, and those that were asked for."""
    if not found["counts"]:
        tell("Nothing is on its way, and nothing was given up.", indent=0)
        return
    for name, states in found["counts"].items():
        told = ", ".join(f"{count:,} {_words(state)}" for state, count in states.items())
        tell(f"{name}: {told}", indent=0)
    if not found["deliveries"]:
        return
    out.print()
    table = grid("llllrll", "id", "state", "contact", "what", "tried", "next try", "why")
    for each in found["deliveries"]:
        table.add_row(
            plain(each["id"]),
            _words(each["state"]),
            plain(each["contact"] or "-"),
            plain(_shortly(each["what"])),
            str(each["attempts"]),
            _moment(each["next_try_at"]),
            plain(each["cause"] or "-"),
        )
    show(table)


def show_delivery(each: Mapping[str, Any]) -> None:
    """Print all there is to say of one."""
    tell(f"{each['id']}, to {each['to']}: {_words(each['state'])}", indent=0, style="bold")
    for line in each["what"]:
        tell(line)
    table = grid("ll")
    rows = {
        "contact": each["contact"] or "-",
        "since": _moment(each["since"]),
        "tried": str(each["attempts"]),
        "next try": _moment(each["next_try_at"]),
        "why": each["cause"] or "-",
    }
    for name, value in rows.items():
        table.add_row(name, plain(value))
    show(table)


def _shortly(what: Sequence[str]) -> str:
    """Return the first of what is to be done, and how much more there is."""
    if not what:
        return "-"
    return what[0] if len(what) == 1 else f"{what[0]} and {len(what) - 1} more"


def _words(state: str) -> str:
    return _STATES.get(state, state)


def _moment(text: str | None) -> str:
    return moment(parse_instant(text)) if text else "-"
