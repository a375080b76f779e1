"""What each cycle did, how long it took, and what it told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connector.sync.looking.runs import problems_of, times_of
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, table, text
from connector.web.dashboard.frame import Visit, at, live, page
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from connector.domain.ledger import Run
    from connector.web.dashboard.language import Language

PAGES_OF = (50, 200, 1000)
EVERY = 15.0
"""Seconds after which the page looks again."""


@page(paths.RUNS)
async def show(visit: Visit) -> None:
    """Draw the page."""
    limit = next(
        (each for each in PAGES_OF if str(each) == visit.request.query_params.get("limit")),
        PAGES_OF[0],
    )
    body = box("div")
    shown: list[object] = []

    async def draw() -> None:
        async with visit.workspace.state.read() as tx:
            runs = list(await tx.runs.last(limit + 1))
        if shown == [runs]:
            return
        shown[:] = [runs]
        body.clear()
        with body:
            if runs:
                _draw_table(visit.language, runs[:limit], visit.desk.clock.now())
                _draw_more(visit, limit, is_more=len(runs) > limit)
            else:
                with box("div", "empty"):
                    text("p", visit.language.text("Nothing has run yet."), "strong")
                    why = visit.language.text("The first pull from your platforms appears here.")
                    text("p", why)

    await draw()
    live(visit, draw, EVERY)


def _draw_more(visit: Visit, limit: int, *, is_more: bool) -> None:
    say = visit.language.text
    with box("p", "foot"):
        told = say(
            "Turns that read something new, took a second, or scored or wrote a hundred contacts "
            "are listed."
        )
        text("span", told)
        larger = next((each for each in PAGES_OF if each > limit), None)
        if is_more and larger:
            link(say("Show more"), at(paths.RUNS, limit=larger))


def _draw_table(language: Language, runs: list[Run], now: datetime) -> None:
    say = language.text
    head = [
        (say("Started"), "when"),
        (say("Run"), ""),
        (say("What it did"), "wide"),
        (say("Took"), "num"),
        (say("Result"), ""),
    ]
    titles = [title for title, _ in head]
    with table(say("Runs"), head, "stacked"):
        for run in runs:
            with box("tr"):
                text("td", language.moment(run.started_at, now), "when", data_title=titles[0])
                text("td", run.command, "code", data_title=titles[1])
                _draw_deeds(language, run, titles[2])
                text("td", took(language, run), "num", data_title=titles[3])
                _draw_result(language, run, titles[4])


def _draw_deeds(language: Language, run: Run, title: str) -> None:
    with box("td", "wide", data_title=title):
        done = list(deeds(language, run))
        is_idle = run.finished_at is not None and not run.error and not problems_of(run)
        nothing = language.text("nothing new") if is_idle else NOTHING
        text("span", " · ".join(done) or nothing)
        for problem in problems_of(run)[:_MOST_PROBLEMS]:
            where = f"{problem['path']}: " if problem.get("path") else ""
            text("span", f"{where}{problem['message']}", "line cause")
        if (rest := len(problems_of(run)) - _MOST_PROBLEMS) > 0:
            text(
                "span", language.plural("and {number} more", "and {number} more", rest), "line sub"
            )


_MOST_PROBLEMS = 3


def _draw_result(language: Language, run: Run, title: str) -> None:
    say = language.text
    with box("td", "", data_title=title):
        count = len(problems_of(run))
        if run.error:
            text("span", say("Failed"), "state dead")
            text("span", language.with_times(run.error), "line cause")
        elif run.finished_at is None:
            text("span", say("Under way"), "state in_flight")
        elif count:
            told = language.plural("{number} problem", "{number} problems", count)
            text("span", told, "state waiting")
        else:
            text("span", say("Done"), "state done")
        if (times := times_of(run)) > 1:
            told = language.plural("{number} time", "{number} times in a row", times)
            text("span", told, "line sub")


def took(language: Language, run: Run) -> str:
    """Return how long a run took; of one that failed again and again, nothing that helps."""
    if run.finished_at is None or times_of(run) > 1:
        return NOTHING
    seconds = (run.finished_at - run.started_at).total_seconds()
    if seconds < _A_SECOND:
        return f"{language.number(max(1, round(seconds * 1000)))} ms"
    if seconds < _TWO_MINUTES:
        return f"{language.number(seconds, 1)} s"
    return f"{language.number(seconds / 60, 1)} min"


_A_SECOND, _TWO_MINUTES = 1, 120


def deeds(language: Language, run: Run) -> Iterator[str]:
    """Yield what a run did, in words; nothing for one that left no summary."""
    told: Mapping[str, Any] = json.loads(run.summary) if run.summary else {}
    for platform, counts in told.get("pulled", {}).items():
        contacts, events = counts.get("contacts", 0), counts.get("events", 0)
        if contacts:
            yield language.plural(
                "{number} contact read from {name}",
                "{number} contacts read from {name}",
                contacts,
                name=platform,
            )
        if events:
            yield language.plural(
                "{number} event read from {name}",
                "{number} events read from {name}",
                events,
                name=platform,
            )
    if scored := told.get("scored"):
        yield language.plural("{number} contact scored", "{number} contacts scored", scored)
    for platform, counts in told.get("deliveries", {}).items():
        yield from _written(language, platform, counts)
    for trigger, count in told.get("triggers", {}).items():
        if count:
            yield language.plural(
                "{name} fired for {number} contact",
                "{name} fired for {number} contacts",
                count,
                name=trigger,
            )


def _written(language: Language, platform: str, counts: Mapping[str, int]) -> Iterator[str]:
    if delivered := counts.get("delivered"):
        yield language.plural(
            "{number} contact written to {name}",
            "{number} contacts written to {name}",
            delivered,
            name=platform,
        )
    if failed := counts.get("failed"):
        yield language.plural(
            "{number} to be tried again on {name}",
            "{number} to be tried again on {name}",
            failed,
            name=platform,
        )
    if dead := counts.get("dead"):
        yield language.plural(
            "{number} given up on {name}", "{number} given up on {name}", dead, name=platform
        )
