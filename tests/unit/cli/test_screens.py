"""Screens that are drawn again and again: what they show, and what changed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console, Group, RenderableType
from rich.text import Text

from connector.cli.rendering.duty import Duty, draw_duty
from connector.cli.rendering.leads import draw_leads
from connector.cli.rendering.screen import Screen, moved
from connector.domain.ledger import Backlog, Lead
from connector.errors import Problem, StateUnreachable
from connector.sync.asking.pace import Room
from connector.sync.looking.lags import Lag
from connector.sync.looking.pictures import Funnel, StageNow
from connector.sync.looking.ranking import Ranking
from connector.sync.looking.standing import Standing
from connector.sync.troubles import Kind, Trouble
from tests.fakes import FakeClock

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_STANDING = Standing(
    at=AT,
    contacts=10,
    events=20,
    waiting=0,
    decided_at=AT - timedelta(seconds=4),
    troubles=(),
    streams=(),
    backlog={"crm": {"clean": 10}},
    room=Room(),
    drift={},
    triggers={},
    stages={},
    orphans={},
    runs=(),
    copy=None,
    lags=[
        Lag(
            platform="crm",
            stream="contacts",
            every=timedelta(minutes=15),
            completed_at=AT - timedelta(minutes=2),
            moved_at=AT,
        )
    ],
)
A_FUNNEL = Funnel(
    name="lead",
    stages=[
        StageNow(name="cold", persons=8, came=1, left=2),
        StageNow(name="hot", persons=2, came=2, left=0),
    ],
    moves=(),
)


def shown(*parts: RenderableType, width: int = 100, height: int = 40) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, height=height, color_system=None)
    console.print(Group(*parts))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def duty(**fields: object) -> Duty:
    standing = replace(A_STANDING, **fields)  # type: ignore[arg-type]  # a test names fields
    return Duty(standing=standing, funnels=[A_FUNNEL])


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def draw(now: str, before: str | None) -> Sequence[Text]:
    return [Text(f"{now} after {before}")]


def a_screen(clock: FakeClock) -> Screen[str]:
    return Screen(title="heatsync status", every=2, draw=draw, clock=clock)


def test_a_platform_is_one_line_with_its_state_lag_and_what_waits() -> None:
    now = duty(
        backlog={"crm": {"pending": 3, "in_flight": 1}},
        inbound={"crm": Backlog(waiting=5, dead=0, oldest=AT)},
        dead={"crm": 7},
    )

    line = line_of(shown(*draw_duty(now, None)), "crm")

    assert line.split() == ["crm", "●", "well", "2", "min", "ago", "-", "4", "5", "7"]


def test_a_platform_in_trouble_says_so_with_its_error_and_what_comes_of_it() -> None:
    trouble = Trouble(platform="crm", kind=Kind.REFUSED, since=AT, seen_at=AT, message="bad key")

    said = shown(*draw_duty(duty(troubles=[trouble]), None))

    assert "● refuses us" in line_of(said, "crm")
    assert "crm refuses us since 2026-03-01 12:00 UTC: bad key" in said
    assert "`heatsync check` says what to do" in said


def test_a_stream_that_lags_is_told_in_the_line_of_its_platform() -> None:
    late = replace(A_STANDING.lags[0], completed_at=AT - timedelta(hours=3))

    assert "● lags  3 h ago" in line_of(shown(*draw_duty(duty(lags=[late]), None)), "crm")


def test_stages_are_bars_with_who_came_and_left_today() -> None:
    said = shown(*draw_duty(duty(), None))

    assert line_of(said, "cold").split() == ["cold", "8", "█" * 24, "1", "came,", "2", "left"]
    assert line_of(said, "hot").split() == ["hot", "2", "█" * 6, "2", "came"]


def test_what_changed_since_the_look_before_is_marked() -> None:
    fewer = [replace(A_FUNNEL.stages[0], persons=9), A_FUNNEL.stages[1]]
    before = replace(
        duty(contacts=7, backlog={"crm": {"pending": 5}}),
        funnels=[replace(A_FUNNEL, stages=fewer)],
    )

    said = shown(*draw_duty(duty(backlog={"crm": {"pending": 6}}), before))

    assert "10 contacts ▲3" in said
    assert "20 events   0" in said
    assert "▲1 6" in line_of(said, "crm")
    assert "▼1 8" in line_of(said, "cold")
    assert "▲" not in line_of(said, "hot")


def test_rising_and_falling_differ_by_sign_and_by_colour() -> None:
    rose, fell = moved(1_234.5, 0), moved(1, 3)

    assert (rose.plain, fell.plain, moved(1, 1).plain, moved(1, None).plain) == (
        *("▲1,234.5", "▼2"),
        *("", ""),
    )
    assert rose.style != fell.style


def test_leads_tell_who_climbed_who_is_new_and_whose_score_moved() -> None:
    def ranked(**scores: float) -> Ranking:
        leads = [
            Lead(contact=1, key=key, email=key, value=value, rounded=value, stage="hot")
            for key, value in scores.items()
        ]
        return Ranking(score="heat", leads=leads)

    said = shown(*draw_leads(ranked(b=90, a=80, c=70), ranked(a=80, b=75), None))

    lines = [line.split() for line in said.splitlines()[1:]]
    assert [line[:4] for line in lines] == [
        ["1", "▲1", "▲15", "90"],
        ["2", "▼1", "80", "█" * 27],
        ["3", "new", "70", "█" * 23],
    ]
    assert "Nobody stands in hot yet" in shown(*draw_leads(ranked(), None, "hot"))


def test_a_narrow_window_shortens_bars_and_wraps_none() -> None:
    said = shown(*draw_duty(duty(), None), width=40)

    assert len([line for line in said.splitlines() if "█" in line]) == 2


def test_the_clock_goes_on_and_tells_how_old_what_is_shown_is() -> None:
    clock = FakeClock(AT)
    screen = a_screen(clock)
    screen.take("one")
    first = shown(screen)
    clock.advance(timedelta(seconds=5))
    screen.take("two")
    clock.advance(timedelta(seconds=3))

    assert "heatsync status" in first
    assert "12:00:00 UTC, read now, every 2 s, q ends" in first
    assert "one after None" in first
    assert "12:00:08 UTC, read 3 s ago" in shown(screen)
    assert "two after one" in shown(screen)


def test_a_failure_is_told_beside_what_was_seen_last_until_it_is_over() -> None:
    screen = a_screen(FakeClock(AT))
    screen.take("one")
    screen.fail(StateUnreachable("the database does not answer"))
    failed = shown(screen)
    screen.take("two")

    told = "Nothing could be read since 12:00:00 UTC: the database does not answer."
    assert told in failed
    assert "one after None" in failed
    assert "Nothing could be read" not in shown(screen)


def test_broken_files_are_told_above_what_is_shown() -> None:
    screen = a_screen(FakeClock(AT))
    screen.take("one", [Problem(file="model.yaml", line=3, message="is odd")])

    said = shown(screen)

    assert "The files on disk are broken: a daemon that runs goes on with those before.\n" in said
    assert "  model.yaml:3: is odd\n" in said


@pytest.mark.parametrize("height", [8, 20])
def test_what_the_window_has_no_room_for_is_counted(height: int) -> None:
    screen: Screen[int] = Screen(
        title="t", every=2, draw=lambda now, _: [Text(str(each)) for each in range(now)]
    )
    screen.take(50)

    lines = shown(screen, height=height).splitlines()

    assert len(lines) == height
    assert lines[-1] == f"{52 - height + 1} more lines in a higher window"
