"""A screen full of something that is looked at again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.console import Group
from rich.measure import Measurement
from rich.segment import Segment
from rich.text import Text

from connector.cli.console import BROKEN, glyph, visible
from connector.cli.rendering.words import ago, counted
from connector.runtime.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from connector.errors import ConnectorError, Problem
    from connector.ports.clock import Clock

Seen = TypeVar("Seen")

_SHOWN_BROKEN = 3
_CLOCK = "%H:%M:%S UTC"


class Screen(Generic[Seen]):
    """What was seen last, when that was, and whether looking still works."""

    def __init__(
        self,
        *,
        title: str,
        every: float,
        draw: Callable[[Seen, Seen | None], Sequence[RenderableType]],
        clock: Clock | None = None,
    ) -> None:
        """Take a title, the seconds between looks, and what draws something seen.

        `draw` is given what is seen now, and what was seen before, None at first.
        """
        self._title = title
        self._every = every
        self._draw = draw
        self._clock = clock or SystemClock()
        self._seen: Seen | None = None
        self._before: Seen | None = None
        self._seen_at: datetime | None = None
        self._failure: str | None = None
        self._broken: Sequence[Problem] = ()

    def take(self, seen: Seen, broken: Sequence[Problem] = ()) -> None:
        """Show this from now on, with what changed since the look before.

        `broken`: what is wrong with the mappings folder.
        """
        self._broken = broken
        self._before, self._seen = self._seen, seen
        self._seen_at = self._clock.now()
        self._failure = None

    def fail(self, error: ConnectorError) -> None:
        """Say from now on why there is nothing newer."""
        self._failure = visible(str(error))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw as much as there is room for; what is left out is counted."""
        page = Group(*self._head(options.max_width), *self._drawn())
        lines = console.render_lines(page, options.update(height=None), pad=False)
        height = options.height or console.height
        if len(lines) > height:
            left = counted(len(lines) - height + 1, "more line")
            lines = lines[: height - 1]
            more = Text(f"{left} in a higher window", style="dim reverse")
            lines.append(list(more.render(console)))
        for line in lines:
            yield from line
            yield Segment.line()

    def _drawn(self) -> Sequence[RenderableType]:
        return [] if self._seen is None else self._draw(self._seen, self._before)

    def _head(self, width: int) -> Sequence[RenderableType]:
        now = self._clock.now()
        read = "" if self._seen_at is None else f", read {ago(self._seen_at, now)}"
        right = f"{now:{_CLOCK}}{read}, every {self._every:g} s, q ends"
        head = Text(self._title, style="bold")
        room = width - head.cell_len - len(right)
        head.append(" " * max(2, room) + right, style="not bold dim")
        lines: list[RenderableType] = [head]
        if self._failure is not None:
            mark = glyph("✗", "!")
            when = "" if self._seen_at is None else f" since {self._seen_at:{_CLOCK}}"
            text = f"{mark} Nothing could be read{when}: {self._failure}. It is asked again."
            lines.append(Text(text.replace("..", "."), style="bold yellow"))
        if self._broken:
            lines.append(Text(f"{BROKEN}.", style="yellow"))
            lines += [Text(f"  {visible(str(each))}") for each in self._broken[:_SHOWN_BROKEN]]
        return [*lines, Text()]


class Bar:
    """A bar that is shorter where there is less room, and never takes a second line."""

    def __init__(self, share: float, width: int) -> None:
        """Take which share of `width` cells is filled, 0 to 1; what is not nothing shows."""
        self._share = max(0.0, min(1.0, share))
        self._width = width

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Tell how many cells it takes at least and at most."""
        return Measurement(1, min(self._width, options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it as long as there is room for."""
        room = min(self._width, options.max_width)
        length = max(1, round(self._share * room)) if self._share else 0
        yield Text(glyph("█", "#") * length, style="red", no_wrap=True)


def moved(now: float, before: float | None) -> Text:
    """Return by how much a number rose or fell since the look before; nothing where it stands."""
    if before is None or now == before:
        return Text()
    size = f"{abs(now - before):,.9f}".rstrip("0").rstrip(".")
    if now > before:
        return Text(f"{glyph('▲', '+')}{size}", style="bold green")
    return Text(f"{glyph('▼', '-')}{size}", style="bold magenta")
