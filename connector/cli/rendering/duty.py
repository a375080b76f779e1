"""How everything stands, on the screen of whoever is on duty: what changes is marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from connector.cli.console import glyph, grid, plain, shown_by
from connector.cli.rendering.screen import Bar, moved
from connector.cli.rendering.standing import (
    TROUBLES,
    read_words,
    show_budgets,
    show_last_runs,
    show_left_out,
    show_service,
    show_triggers,
    show_troubles,
)
from connector.cli.rendering.words import ago, counted
from connector.domain.outbound import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from connector.errors import Problem
    from connector.sync.looking.pictures import Funnel
    from connector.sync.looking.standing import Standing

_BAR = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What somebody on duty looks at."""

    standing: Standing
    funnels: Sequence[Funnel] = ()
    broken: Sequence[Problem] = ()
    """What is wrong with the mappings folder."""


def draw_duty(now: Duty, before: Duty | None) -> Sequence[RenderableType]:
    """Return a screen of `now`, with what changed since `before`: the worst stands first."""
    return list(_parts(now, before))


def _parts(now: Duty, before: Duty | None) -> Iterator[RenderableType]:
    standing, then = now.standing, None if before is None else before.standing
    yield _figures(standing, then)
    yield from _told(standing, show_service)
    if names := _platforms(standing):
        yield Text()
        yield _table(names, standing, then)
    yield from _told(standing, show_troubles, show_left_out)
    for funnel in now.funnels:
        yield Text()
        yield _stages(funnel, _same(before, funnel))
    yield from _told(standing, show_triggers, show_last_runs, show_budgets)


def _told(now: Standing, *parts: Callable[[Standing], None]) -> Iterator[Text]:
    """Yield what each part of the standing has to tell, as `heatsync status` prints it."""
    texts = [shown_by(show, now) for show in parts]
    yield from (text for text in texts if text.plain)


def _figures(now: Standing, then: Standing | None) -> Text:
    line = Text()
    for name, one in (("contacts", "contact"), ("events", "event")):
        count = getattr(now, name)
        line.append(f"{counted(count, one)} ", style="bold")
        line.append_text(moved(count, None if then is None else getattr(then, name))).append("  ")
    line.append(f"{now.waiting:,} to be scored ")
    line.append_text(moved(now.waiting, None if then is None else then.waiting)).append("  ")
    scored = "never scored" if now.decided_at is None else f"scored {ago(now.decided_at, now.at)}"
    return line.append(scored, style="dim")


def _platforms(now: Standing) -> Sequence[str]:
    """Return who is read, written to or in trouble, in the order of the configuration."""
    read = [each.platform for each in now.lags]
    troubled = [each.platform for each in now.troubles]
    return list(dict.fromkeys([*read, *now.backlog, *now.inbound, *now.dead, *troubled]))


def _table(names: Sequence[str], now: Standing, then: Standing | None) -> Table:
    heads = ("contacts", "events", "to write", "calls", "given up")
    table = grid("llllrrr", "platform", "state", *heads)
    for name in names:
        counts = [
            _count(read(now, name), None if then is None else read(then, name), is_bad=is_bad)
            for read, is_bad in ((_unwritten, False), (_calls, False), (_dead, True))
        ]
        streams = [_stream(now, name, stream) for stream in ("contacts", "events")]
        table.add_row(Text.from_markup(plain(name)), _state(now, name), *streams, *counts)
    return table


def _state(now: Standing, name: str) -> Text:
    for each in now.troubles:
        if each.platform == name:
            return Text(f"{glyph('●', '!')} {TROUBLES[each.kind][0]}", style="bold yellow")
    if name in now.problems:
        return Text(f"{glyph('●', '!')} not all written", style="yellow")
    if any(each.is_late(now.at) for each in now.lags if each.platform == name):
        return Text(f"{glyph('●', '!')} lags", style="yellow")
    return Text(f"{glyph('●', '*')} well", style="green")


def _stream(now: Standing, platform: str, stream: str) -> Text:
    for each in now.lags:
        if (each.platform, each.stream) == (platform, stream):
            style = "yellow" if each.is_late(now.at) else ""
            return Text(read_words(each, now.at), style=style)
    return Text("-", style="dim")


def _unwritten(now: Standing, name: str) -> int:
    states = (DeliveryState.PENDING, DeliveryState.IN_FLIGHT)
    return sum(now.backlog.get(name, {}).get(each.value, 0) for each in states)


def _calls(now: Standing, name: str) -> int:
    backlog = now.inbound.get(name)
    return 0 if backlog is None else backlog.waiting


def _dead(now: Standing, name: str) -> int:
    return now.dead.get(name, 0)


def _count(count: int, before: int | None, *, is_bad: bool = False) -> Text:
    style = "bold yellow" if is_bad and count else "" if count else "dim"
    text = moved(count, before)
    return text.append(f"{' ' if text else ''}{count:,}", style=f"not bold {style}")


def _same(before: Duty | None, funnel: Funnel) -> Funnel | None:
    funnels = () if before is None else before.funnels
    return next((each for each in funnels if each.name == funnel.name), None)


def _stages(now: Funnel, before: Funnel | None) -> Table:
    stood = {} if before is None else {each.name: each.persons for each in before.stages}
    most = max((each.persons for each in now.stages), default=0) or 1
    table = grid("lrll", plain(now.name), "contacts", "", "today")
    for each in now.stages:
        table.add_row(
            Text.from_markup(plain(each.name)),
            _count(each.persons, stood.get(each.name)),
            Bar(each.persons / most, _BAR),
            _today(each.came, each.left),
        )
    return table


def _today(came: int, left: int) -> Text:
    text = Text()
    if came:
        text.append(f"{came:,} came", style="green")
    if left:
        text.append(f"{', ' if came else ''}{left:,} left", style="magenta")
    return text
