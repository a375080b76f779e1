"""A screen that is drawn anew until whoever sits there has seen enough."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer
from rich.console import Console
from rich.live import Live

from connector.cli.console import out, print_json, report
from connector.cli.options import FLAG
from connector.cli.rendering.screen import Screen
from connector.errors import ConnectorError
from connector.runtime.bootstrap import opened_for_looking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from rich.console import RenderableType

    from connector.config.settings import Settings
    from connector.errors import Problem
    from connector.sync.workspace import Workspace

EVERY = 2.0
"""Seconds from one look to the next, where none are given."""
LEAST = 0.5
TERMINATED = 143
"""The exit code of what is ended by SIGTERM."""
_FRESH = 60.0
"""Seconds after which the mappings are read anew."""
_TYPED = 64
"""So many keys are read at once."""
_TICK = 1.0
"""Seconds after which the clock on the screen is drawn anew."""

Watch = Annotated[
    bool,
    typer.Option(
        "--watch",
        metavar=FLAG,
        help="Look again and again, on a screen of its own; with --json a document per line.",
    ),
]
Seconds = Annotated[
    float | None,
    typer.Argument(
        metavar="SECONDS",
        min=LEAST,
        show_default=False,
        help=f"With --watch: how long from one look to the next (default: {EVERY:g}).",
    ),
]

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Generic[Seen]):
    """What is watched, and how it is told."""

    title: str
    look: Callable[[Workspace, Sequence[Problem]], Awaitable[Seen]]
    """Given a workspace and what is wrong with the mappings folder; raises ConnectorError."""
    draw: Callable[[Seen, Seen | None], Sequence[RenderableType]]
    """Given what is seen now, and what was seen at the look before."""
    to_json: Callable[[Seen], object]


def every_of(seconds: float | None, *, is_watching: bool, to_machine: bool) -> float | None:
    """Return how many seconds there are between looks; None where there is one look only.

    Raises BadParameter where nothing can be watched so.
    """
    if not is_watching:
        if seconds is not None:
            raise typer.BadParameter("goes with --watch", param_hint="SECONDS")
        return None
    if not to_machine and (not sys.stdout.isatty() or out.is_dumb_terminal):
        msg = "needs a terminal to draw on; --json prints a document per line instead"
        raise typer.BadParameter(msg, param_hint="--watch")
    return EVERY if seconds is None else seconds


def watch(settings: Settings, watched: Watched[Seen], *, every: float, to_machine: bool) -> None:
    """Show what is watched, every so many seconds, until an interrupt or the key q.

    Raises ConnectorError where the first look fails; later ones are told and tried again.
    """
    showing = _as_lines if to_machine else _on_a_screen
    try:
        asyncio.run(showing(_Eye(settings, watched), every))
    except KeyboardInterrupt:
        return
    except asyncio.CancelledError:
        raise typer.Exit(TERMINATED) from None


class _Eye(Generic[Seen]):
    """Looks at an installation; opens it anew once a minute, and after each failure."""

    def __init__(self, settings: Settings, watched: Watched[Seen]) -> None:
        self.watched = watched
        self._settings = settings
        self._stack = AsyncExitStack()
        self._opened: tuple[Workspace, Sequence[Problem]] | None = None
        self._opened_at = 0.0

    @property
    def broken(self) -> Sequence[Problem]:
        """Return what is wrong with the mappings folder."""
        return () if self._opened is None else self._opened[1]

    async def look(self) -> Seen:
        """Return what is seen now; raises ConnectorError."""
        try:
            if self._opened is None or time.monotonic() - self._opened_at > _FRESH:
                await self.close()
                opening = opened_for_looking(self._settings)
                self._opened = await self._stack.enter_async_context(opening)
                self._opened_at = time.monotonic()
            return await self.watched.look(*self._opened)
        except ConnectorError:
            await self.close()
            raise

    async def close(self) -> None:
        """Let go of what is open."""
        self._opened = None
        await self._stack.aclose()


async def _as_lines(eye: _Eye[Seen], every: float) -> None:
    _end_on_termination()
    seen = await eye.look()
    try:
        print_json(eye.watched.to_json(seen))
        while True:
            sys.stdout.flush()
            await asyncio.sleep(every)
            try:
                print_json(eye.watched.to_json(await eye.look()))
            except ConnectorError as error:
                report(error, as_json=True)
    finally:
        await eye.close()


async def _on_a_screen(eye: _Eye[Seen], every: float) -> None:
    _end_on_termination()
    screen = Screen(title=eye.watched.title, every=every, draw=eye.watched.draw)
    news, is_over = asyncio.Event(), asyncio.Event()
    try:
        screen.take(await eye.look(), eye.broken)
        with (
            Live(
                console=Console(highlight=False),
                screen=True,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
            ) as live,
            _keys(is_over.set, news.set),
        ):
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, news.set)
            looking = asyncio.create_task(_look_on(eye, screen, news, every))
            looking.add_done_callback(lambda _: news.set())
            try:
                while not (is_over.is_set() or looking.done()):
                    live.update(screen, refresh=True)
                    news.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), _TICK)
            finally:
                looking.cancel()
                with suppress(asyncio.CancelledError):
                    await looking
    finally:
        await eye.close()


async def _look_on(
    eye: _Eye[Seen], screen: Screen[Seen], news: asyncio.Event, every: float
) -> None:
    """Look every so many seconds and tell that there is something new to draw."""
    while True:
        await asyncio.sleep(every)
        try:
            screen.take(await eye.look(), eye.broken)
        except ConnectorError as error:
            screen.fail(error)
        news.set()


def _end_on_termination() -> None:
    """Let a signal to end leave the terminal as it was."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


@contextmanager
def _keys(*ends: Callable[[], None]) -> Iterator[None]:
    """Call each of `ends` when q is typed, and keep what is typed off the screen."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    there = sys.stdin.fileno()
    before = termios.tcgetattr(there)
    loop = asyncio.get_running_loop()

    def typed() -> None:
        try:
            keys = os.read(there, _TYPED)
        except OSError:
            keys = b""
        if not keys or b"q" in keys.lower():
            for end in ends:
                end()

    tty.setcbreak(there)
    loop.add_reader(there, typed)
    try:
        yield
    finally:
        loop.remove_reader(there)
        termios.tcsetattr(there, termios.TCSAFLUSH, before)
