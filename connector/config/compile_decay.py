"""From how decay is written to what the engine is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.hints import one_of
from connector.domain.durations import parse_duration
from connector.mapping.decay import DecayEntry
from connector.scoring.model import Decay, Expires, HalfLife, Linear, Step

if TYPE_CHECKING:
    from connector.config.places import Path, Report
    from connector.mapping.decay import DecayChoice


def check_decay(path: Path, choice: DecayChoice | None, report: Report) -> None:
    """Report a decay that is not of exactly one kind."""
    if not isinstance(choice, DecayEntry):
        return
    kinds = [name for name in DecayEntry.model_fields if getattr(choice, name) is not None]
    if len(kinds) > 1:
        named = " and ".join(f"`{kind}`" for kind in kinds)
        report.add(path, f"a decay is of one kind, this one has {named}", "keep one")
    elif not kinds:
        report.add(path, "a decay needs a kind", one_of([*DecayEntry.model_fields]))


def effective_decay(*choices: DecayChoice | None) -> Decay | None:
    """Return the first decay of `choices` that was written, None when points stay."""
    chosen = next((choice for choice in choices if choice is not None), None)
    return _decay(chosen) if isinstance(chosen, DecayEntry) else None


def _decay(entry: DecayEntry) -> Decay | None:
    if entry.half_life is not None:
        return HalfLife(span=parse_duration(entry.half_life))
    if entry.linear is not None:
        return Linear(span=parse_duration(entry.linear))
    if entry.expires is not None:
        return Expires(span=parse_duration(entry.expires))
    if entry.step is not None:
        return Step(every=parse_duration(entry.step.every), keep=entry.step.keep)
    return None
